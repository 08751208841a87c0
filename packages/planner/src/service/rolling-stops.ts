import { countHealthy, isHealthy, isPending, mayBeStopped } from "./census.ts";
import type { Member } from "./census.ts";
import { countInTheWay, countStarts, isUnderWay, runningReplaced } from "./rollout.ts";
import type { Rollout } from "./rollout.ts";

/**
 * Which tasks to stop now. PENDING ones that are to be replaced go at once. RUNNING ones go one for
 * one as their successors become healthy, and ahead of them only where these could not start
 * otherwise: then down to the floor. Surplus ones of the PRIMARY deployment go at once. Protected
 * ones stay.
 */
export function chooseStops(rollout: Rollout): readonly Member[] {
  const surplus = chooseSurplus(rollout);
  const pending = rollout.census.replaced.filter(
    (member) => isPending(member) && mayBeStopped(member),
  );
  return [...pending, ...chooseReplaced(rollout, countHealthy(surplus)), ...surplus];
}

export const countSurplus = ({ census, desiredCount }: Rollout): number =>
  Math.max(0, census.kept.length - desiredCount);

/** The floor binds where protected tasks are not healthy: those beside them must stay then. */
function chooseSurplus(rollout: Rollout): readonly Member[] {
  const spare = { healthy: -rollout.bounds.floor };
  return [...withinFloor(rollout, rollout.census.kept, spare).take(countSurplus(rollout))];
}

/** @param healthySurplus Healthy tasks of the PRIMARY deployment that are stopped besides. */
function chooseReplaced(rollout: Rollout, healthySurplus: number): readonly Member[] {
  const running = runningReplaced(rollout);
  const healthyKept = countHealthy(rollout.census.kept) - healthySurplus;
  const swaps = Math.max(0, running.length - Math.max(0, rollout.desiredCount - healthyKept));
  const ahead = Math.max(0, countInTheWay(rollout) - swaps);
  if (swaps + ahead === 0) return [];

  const isLost = (member: Member) => isUnhealthyOf(rollout.primaryId, member);
  const spare = { healthy: healthyKept - rollout.bounds.floor };
  const candidates = [
    ...withinFloor(rollout, running, spare).take(swaps + ahead + running.filter(isLost).length),
  ];
  const swapped = candidates.slice(0, swaps);
  const rest = candidates.slice(swaps);
  // ECS makes room for the successors of unhealthy tasks by stopping one of them at a time.
  const mayGoAhead = swaps === 0 && countStarts(rollout) === 0 && !isUnderWay(rollout);
  const firstLost = mayGoAhead ? rest.find(isLost) : undefined;
  const goAhead = rest.filter((member) => !isLost(member) || member === firstLost);
  return [...swapped, ...goAhead.slice(0, ahead)];
}

/**
 * The members that may be stopped in stop order, without those that the floor needs. A WARMING one
 * is needed too where it is about to be what the floor asks for.
 *
 * @param spare Healthy tasks beyond these members, less the floor.
 */
function* withinFloor(
  { stopOrder, moving }: Rollout,
  members: readonly Member[],
  spare: { readonly healthy: number },
): Generator<Member, void> {
  let spareHealthy = spare.healthy + countHealthy(members);
  let spareServing = spare.healthy + members.filter(isServing).length;
  const candidates = members.filter(
    (member) => mayBeStopped(member) && !moving.includes(member.task.id),
  );
  for (const member of stopOrder(candidates, members)) {
    if (isServing(member)) {
      if ((isHealthy(member) ? spareHealthy : spareServing) <= 0) continue;
      spareServing -= 1;
      if (isHealthy(member)) spareHealthy -= 1;
    }
    yield member;
  }
}

/** A PENDING one may never come to this. */
const isServing = ({ condition }: Member): boolean =>
  condition === "WARMING" || condition === "HEALTHY";

const isUnhealthyOf = (deploymentId: string, member: Member): boolean =>
  member.condition === "UNHEALTHY" && member.task.startedBy === deploymentId;
