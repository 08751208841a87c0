import { countHealthy, isHealthy, isPending } from "./census.ts";
import type { Member } from "./census.ts";
import { countInTheWay, countStarts, isUnderWay, runningReplaced } from "./rollout.ts";
import type { Rollout } from "./rollout.ts";
import { inStopOrder } from "./stop-preference.ts";

/**
 * Which tasks to stop now. PENDING ones that are to be replaced go at once. RUNNING ones go one for
 * one as their successors become healthy, and ahead of them only where these could not start
 * otherwise: then down to the floor. Surplus ones of the PRIMARY deployment go at once.
 */
export function chooseStops(rollout: Rollout): readonly Member[] {
  const { kept, replaced } = rollout.census;
  // The floor cannot bind here: healthy ones go last, and as many as desired stay.
  const surplus = inStopOrder(kept).take(Math.max(0, kept.length - rollout.desiredCount));
  return [...replaced.filter(isPending), ...chooseReplaced(rollout), ...surplus];
}

function chooseReplaced(rollout: Rollout): readonly Member[] {
  const running = runningReplaced(rollout);
  const healthyKept = countHealthy(rollout.census.kept);
  const swaps = Math.max(0, running.length - Math.max(0, rollout.desiredCount - healthyKept));
  const ahead = Math.max(0, countInTheWay(rollout) - swaps);
  if (swaps + ahead === 0) return [];

  const isLost = (member: Member) => isUnhealthyOf(rollout.primaryId, member);
  const candidates = [
    ...withinFloor(running, healthyKept - rollout.bounds.floor).take(
      swaps + ahead + running.filter(isLost).length,
    ),
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
 * The members in stop order, without those that the floor protects. A WARMING one is protected too
 * where it is about to be what the floor asks for.
 *
 * @param spare Healthy tasks beyond these members, less the floor.
 */
function* withinFloor(members: readonly Member[], spare: number): Generator<Member, void> {
  let spareHealthy = spare + countHealthy(members);
  let spareRunning = spare + members.filter(({ condition }) => condition !== "UNHEALTHY").length;
  for (const member of inStopOrder(members)) {
    if (member.condition !== "UNHEALTHY") {
      if ((isHealthy(member) ? spareHealthy : spareRunning) <= 0) continue;
      spareRunning -= 1;
      if (isHealthy(member)) spareHealthy -= 1;
    }
    yield member;
  }
}

const isUnhealthyOf = (deploymentId: string, member: Member): boolean =>
  member.condition === "UNHEALTHY" && member.task.startedBy === deploymentId;
