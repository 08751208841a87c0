import type { PlannedStart } from "@berth/domain/service";
import type { Bounds } from "./bounds.ts";
import { countOccupying, isHealthy, isPending } from "./census.ts";
import type { Census, Member } from "./census.ts";
import type { StopOrder } from "./stop-preference.ts";

/** All that the numbers of starts and stops depend on. */
export interface Rollout {
  readonly desiredCount: number;
  readonly bounds: Bounds;
  readonly primaryId: string;
  readonly census: Census;
  /** Decided and not written yet; never more than wanted and allowed. */
  readonly planned: readonly PlannedStart[];
  /** Taken back, and maybe about to be written all the same: they take room. */
  readonly withdrawn: number;
  readonly stopOrder: StopOrder;
  /** Ids of tasks on their way into another zone: one of those they stand in for goes, later. */
  readonly moving: readonly string[];
  /** No further starts now: the deployment FAILED, or is throttled. */
  readonly held: boolean;
}

/** A bound on the service's item, and on the work between two looks at the world. */
const MAX_PLANNED_STARTS = 100;

/** How many tasks of the PRIMARY deployment to start now: what is missing, as the ceiling allows. */
export function countStarts(rollout: Rollout): number {
  if (rollout.held) return 0;
  const { bounds, census, planned, withdrawn } = rollout;
  const room = bounds.ceiling - countOccupying(census) - planned.length - withdrawn;
  return Math.max(0, Math.min(countMissing(rollout), room, MAX_PLANNED_STARTS - planned.length));
}

/** How many tasks must go before their successors, because these could never start otherwise. */
export function countInTheWay(rollout: Rollout): number {
  return rollout.held ? 0 : countWithoutRoom(rollout) + countWithoutCapacity(rollout);
}

/** Whether the corridor between floor and ceiling is too narrow to go on. */
export function isBlockedByBounds(rollout: Rollout, stops: readonly Member[]): boolean {
  return (
    !rollout.held &&
    countWithoutRoom(rollout) > 0 &&
    countStarts(rollout) === 0 &&
    rollout.planned.length === 0 &&
    stops.length === 0 &&
    !isUnderWay(rollout)
  );
}

/** Whether something is happening that will change the picture by itself. */
export function isUnderWay({ census, planned, withdrawn }: Rollout): boolean {
  return (
    withdrawn > 0 ||
    census.leaving.length > 0 ||
    !census.kept.every(isHealthy) ||
    planned.some((start) => start.unplaced === undefined)
  );
}

/** Those of the replaced that run: the ones whose end can be felt. */
export const runningReplaced = ({ census }: Rollout): readonly Member[] =>
  census.replaced.filter((member) => !isPending(member));

const countMissing = ({ desiredCount, census, planned }: Rollout): number =>
  Math.max(0, desiredCount - census.kept.length - planned.length);

/** How many would be above the ceiling with all starts made and all that leave gone. */
function countWithoutRoom(rollout: Rollout): number {
  const { bounds, census, planned } = rollout;
  const staying = census.kept.length + runningReplaced(rollout).length + planned.length;
  return Math.max(0, countMissing(rollout) + staying - bounds.ceiling);
}

/** Starts for which no instance has room, even once all that leave have left. */
function countWithoutCapacity({ census, planned }: Rollout): number {
  const freeing = census.leaving.length + census.replaced.filter(isPending).length;
  return Math.max(0, planned.filter(lacksResources).length - freeing);
}

/** Stopping tasks frees resources and distinct instances; it mends no attribute and no agent. */
const lacksResources = (start: PlannedStart): boolean =>
  start.unplaced?.candidates.some(({ reason }) => /^(RESOURCE:|distinctInstance)/i.test(reason)) ??
  false;
