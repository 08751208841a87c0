import type {
  Deployment,
  PlacementFailure,
  PlannedStart,
  WithdrawnStart,
} from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { closest, MAX_FAILURES } from "../placement/failures.ts";

export interface SettledStarts {
  /** Those still to be written; the same object where nothing changed. */
  readonly planned: readonly PlannedStart[];
  /** Ids of those that have become tasks, to be told. */
  readonly started: readonly string[];
  /** Those that were dropped before they were tried; the same object where nothing changed. */
  readonly withdrawn: readonly WithdrawnStart[];
}

/**
 * How long a pass may start what it committed, in ms; a start that is taken back counts as one for
 * twice that, since a pass that overlaps may be at it.
 */
export const START_WITHIN_MS = 2_000;

export interface StartContext {
  readonly primary: Deployment;
  readonly tasks: readonly Task[];
  readonly placementFailures: Readonly<Record<string, readonly PlacementFailure[]>>;
  readonly withdrawnStarts: readonly WithdrawnStart[];
  /** So many planned starts are still wanted and allowed; surplus ones are dropped. */
  readonly limit: number;
  /** Where it depends on more than their number. */
  readonly isWanted?: (start: PlannedStart) => boolean;
  /** Epoch ms. */
  readonly now: number;
}

/** Takes what became of the planned starts into account: written, without an instance, or unwanted. */
export function settlePlannedStarts(
  plannedStarts: readonly PlannedStart[],
  context: StartContext,
): SettledStarts {
  const { primary, now } = context;
  const written = new Set(context.tasks.map((task) => task.id));
  const startable = plannedStarts.filter(
    (start) =>
      !written.has(start.taskId) &&
      start.deploymentId === primary.id &&
      primary.rolloutState !== "FAILED" &&
      (context.isWanted?.(start) ?? true),
  );
  const kept = new Set(startable.toSorted(placedFirst).slice(0, Math.max(0, context.limit)));
  const failedCount = Object.keys(context.placementFailures).length;
  const planned = startable
    .filter((start) => kept.has(start))
    .map((start) => {
      const failures = context.placementFailures[start.taskId];
      return failures
        ? withFailures(start, closest(failures, Math.floor(MAX_FAILURES / failedCount)), now)
        : start;
    });
  const isUnchanged =
    planned.length === plannedStarts.length &&
    planned.every((start, index) => start === plannedStarts[index]);
  return {
    planned: isUnchanged ? plannedStarts : planned,
    withdrawn: withdrawnAfter(
      plannedStarts.filter(({ taskId }) => !written.has(taskId)),
      planned,
      context,
    ),
    started: plannedStarts.map((start) => start.taskId).filter((id) => written.has(id)),
  };
}

/** One that was tried in vain is in nobody's hands. */
function withdrawnAfter(
  unwritten: readonly PlannedStart[],
  kept: readonly PlannedStart[],
  { tasks, withdrawnStarts, now }: StartContext,
): readonly WithdrawnStart[] {
  const written = new Set(tasks.map((task) => task.id));
  const wanted = new Set(kept.map(({ taskId }) => taskId));
  const still = withdrawnStarts.filter(({ taskId, until }) => until > now && !written.has(taskId));
  const dropped = unwritten
    .filter(({ taskId, unplaced }) => !wanted.has(taskId) && !unplaced)
    .map(({ taskId }) => ({ taskId, until: now + 2 * START_WITHIN_MS }));
  const isUnchanged = dropped.length === 0 && still.length === withdrawnStarts.length;
  return isUnchanged ? withdrawnStarts : [...still, ...dropped];
}

/** The candidate that came closest to taking one of these starts, or undefined where there was none. */
export function closestCandidate(
  plannedStarts: readonly PlannedStart[],
): PlacementFailure | undefined {
  return closest(
    plannedStarts.flatMap((start) => start.unplaced?.candidates ?? []),
    1,
  ).at(0);
}

const placedFirst = (a: PlannedStart, b: PlannedStart): number =>
  Number(a.unplaced !== undefined) - Number(b.unplaced !== undefined) || a.decidedAt - b.decidedAt;

function withFailures(
  start: PlannedStart,
  candidates: readonly PlacementFailure[],
  now: number,
): PlannedStart {
  const { unplaced } = start;
  if (unplaced && JSON.stringify(unplaced.candidates) === JSON.stringify(candidates)) return start;
  return { ...start, unplaced: { since: unplaced?.since ?? now, candidates } };
}
