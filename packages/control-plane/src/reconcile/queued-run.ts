import { assert } from "@berth/domain/errors";
import { isOver, type PlacementTry, type QueuedRun } from "@berth/domain/queued-run";
import { closest } from "@berth/planner/placement/failures";
import { START_WITHIN_MS } from "@berth/planner/service/planned-starts";
import type { Stored } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import { definitionNamed } from "../definition-cache.ts";
import type { PlacementOutcome } from "../placement/commit-placements.ts";
import { placeByProvider } from "../placement/place-by-provider.ts";
import { queuedBatches, queuedLaunch } from "../placement/queued-run-request.ts";
import { withDue } from "./persist.ts";
import { wakeLater } from "./wake-later.ts";

/** Each lost race means that somebody else got on; what is left is done after the next wake-up. */
const MAX_ROUNDS = 30;

/** How often a run is tried without an offer: one may be lost. */
const TRY_AGAIN_MS = 60_000;

/** How long a write may be under way whose time was still right when it was begun. */
const LATE_WRITE_MS = 2_000;

/** So many of the reasons are kept, to be written again with each try. */
const MAX_REFUSALS = 10;

/**
 * Places what can be placed of a queued run, or gives its verdict. The ids of its tasks were written
 * when it was queued, so any number of these may run at once, die between two writes, or be repeated.
 */
export async function tendQueuedRun(
  controlPlane: ControlPlane,
  cluster: string,
  id: string,
): Promise<void> {
  const { queuedRuns } = controlPlane.store;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const startedAt = controlPlane.now();
    const run = await queuedRuns.find(cluster, id);
    if (!run || isOver(run)) return;
    const { next, isTried } = await advance(controlPlane, run, startedAt);
    if (next !== run) {
      if ((await queuedRuns.replace(next)) === "conflict") continue;
      await wakeAtMark(controlPlane, next, run.due);
    }
    if (isTried) return;
  }
  await controlPlane.relay.wake({ kind: "queuedRun", cluster, id });
}

/** Wakes when the mark comes up; nothing where one that was there before did so. */
export async function wakeAtMark(
  controlPlane: ControlPlane,
  { cluster, id, due }: Stored<QueuedRun>,
  before?: number,
): Promise<void> {
  if (due === undefined || due === before) return;
  await wakeLater(controlPlane, { kind: "queuedRun", cluster, id }, due);
}

/**
 * A run's mark: the next try without an offer, or when its verdict is due. That is a while after its
 * last try may have begun, so that nothing is started after the verdict.
 */
export function queuedRunMark(run: QueuedRun, now: number): number | undefined {
  if (isOver(run)) return undefined;
  return Math.min(now + TRY_AGAIN_MS, verdictAt(run));
}

const verdictAt = ({ deadline, cancellation }: QueuedRun): number =>
  Math.min(deadline, cancellation ? cancellation.at + START_WITHIN_MS : deadline) + LATE_WRITE_MS;

interface Advance {
  /** The same object where nothing is to be written. */
  readonly next: Stored<QueuedRun>;
  /** Otherwise time ran out before placement had looked at all of its tasks. */
  readonly isTried: boolean;
}

async function advance(
  controlPlane: ControlPlane,
  run: Stored<QueuedRun>,
  startedAt: number,
): Promise<Advance> {
  const { store } = controlPlane;
  const [cluster, tasks] = await Promise.all([
    store.clusters.find(run.cluster),
    store.tasks.findMany(run.cluster, run.unplacedTaskIds),
  ]);
  const known = withoutPlaced(run, tasks);
  if (run.status === "WAITING" && cluster?.status !== "ACTIVE") {
    return { next: marked(cancelledWithCluster(known, startedAt), startedAt), isTried: true };
  }
  if (run.status === "CANCELLING" || startedAt > run.deadline) {
    return { next: marked(withVerdict(known, startedAt), startedAt), isTried: true };
  }
  const outcome = await place(controlPlane, known, startedAt);
  const tried = withOutcome(known, outcome, startedAt);
  return {
    next: marked(withVerdict(tried, startedAt), startedAt),
    isTried: tried.unplacedTaskIds.length <= outcome.unplaced.length,
  };
}

function withoutPlaced(
  run: Stored<QueuedRun>,
  placed: readonly { readonly id: string }[],
): Stored<QueuedRun> {
  if (placed.length === 0) return run;
  const ids = new Set(placed.map(({ id }) => id));
  return { ...run, unplacedTaskIds: run.unplacedTaskIds.filter((taskId) => !ids.has(taskId)) };
}

/** Whoever deletes a cluster may not see yet what was queued in it a moment before. */
const cancelledWithCluster = (run: Stored<QueuedRun>, at: number): Stored<QueuedRun> => ({
  ...run,
  status: "CANCELLING",
  cancellation: { at, cause: { kind: "controlPlane", reason: "Its cluster was deleted." } },
});

/**
 * @param startedAt before the run was read: whoever cancels it later waits for what may be started
 * until then and a while after
 */
async function place(
  controlPlane: ControlPlane,
  run: QueuedRun,
  startedAt: number,
): Promise<PlacementOutcome> {
  const definition = await definitionNamed(controlPlane, run.taskDefinition);
  assert(definition, `the task definition ${run.taskDefinition} of a queued run`);
  return placeByProvider(controlPlane, queuedBatches(run), {
    launch: queuedLaunch(run, definition),
    constraints: run.placementConstraints,
    strategy: run.placementStrategy,
    startBefore: Math.min(startedAt + START_WITHIN_MS, run.deadline),
  });
}

function withOutcome(
  run: Stored<QueuedRun>,
  { placed, unplaced }: PlacementOutcome,
  at: number,
): Stored<QueuedRun> {
  const [first] = unplaced;
  if (!first) return withoutPlaced(run, placed);
  const refusals = closest(first.failures, MAX_REFUSALS);
  const latestTry = sameTry(run.latestTry, refusals) ?? { since: at, refusals };
  const next = withoutPlaced(run, placed);
  return latestTry === next.latestTry ? next : { ...next, latestTry };
}

/** The one before, where it found the same: it need not be written again. */
const sameTry = (
  before: PlacementTry | undefined,
  refusals: PlacementTry["refusals"],
): PlacementTry | undefined =>
  JSON.stringify(before?.refusals) === JSON.stringify(refusals) ? before : undefined;

function withVerdict(run: Stored<QueuedRun>, now: number): Stored<QueuedRun> {
  if (run.unplacedTaskIds.length === 0) return { ...run, status: "PLACED", endedAt: now };
  if (now < verdictAt(run)) return run;
  return { ...run, status: run.cancellation ? "CANCELLED" : "EXPIRED", endedAt: now };
}

/** With its mark; one that stands and comes up in time is not written anew. */
function marked(run: Stored<QueuedRun>, now: number): Stored<QueuedRun> {
  const due = queuedRunMark(run, now);
  const stands =
    run.due === due ||
    (due !== undefined && run.due !== undefined && run.due > now && run.due <= due);
  return stands ? run : withDue(run, due);
}
