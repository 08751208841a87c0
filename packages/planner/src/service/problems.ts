import type { Deployment } from "@berth/domain/service";
import type { Member } from "./census.ts";
import { closestCandidate } from "./planned-starts.ts";
import { isBlockedByBounds } from "./rollout.ts";
import type { Rollout } from "./rollout.ts";
import {
  blockedByConfiguration,
  failedHealthChecks,
  unableToPlace,
  unableToStartConsistently,
} from "./service-events.ts";

/** From this round of failed starts on, it is no accident. */
const CONSISTENT_ROUNDS = 3;

/** What keeps the service from its goal now, as ECS tells it. */
export function listProblems(
  service: string,
  state: {
    readonly rollout: Rollout;
    readonly stops: readonly Member[];
    readonly primary: Deployment;
  },
): readonly string[] {
  const { rollout, stops, primary } = state;
  const problems = rollout.census.replaced
    .filter((member) => member.condition === "UNHEALTHY")
    .map((member) => failedHealthChecks(service, member.task.id));
  if (rollout.planned.some((start) => start.unplaced)) {
    problems.push(unableToPlace(service, closestCandidate(rollout.planned)));
  }
  if ((primary.failedRounds ?? 0) >= CONSISTENT_ROUNDS) {
    problems.push(unableToStartConsistently(service));
  }
  if (isBlockedByBounds(rollout, stops)) problems.push(blockedByConfiguration(service));
  return problems;
}
