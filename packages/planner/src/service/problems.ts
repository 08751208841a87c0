import type { Deployment } from "@berth/domain/service";
import type { Member } from "./census.ts";
import { closestCandidate } from "./planned-starts.ts";
import type { HeldMember } from "./protection.ts";
import { isBlockedByBounds } from "./rollout.ts";
import type { Rollout } from "./rollout.ts";
import {
  blockedByConfiguration,
  failedHealthChecks,
  heldByTaskProtection,
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
    readonly held: readonly HeldMember[];
    readonly primary: Deployment;
  },
): readonly string[] {
  const { rollout, stops, held, primary } = state;
  const problems = rollout.census.replaced
    .filter((member) => member.condition === "UNHEALTHY")
    .map((member) => failedHealthChecks(service, member.task.id));
  if (rollout.planned.some((start) => start.unplaced)) {
    problems.push(unableToPlace(service, closestCandidate(rollout.planned)));
  }
  if ((primary.failedRounds ?? 0) >= CONSISTENT_ROUNDS) {
    problems.push(unableToStartConsistently(service));
  }
  if (held.length > 0) problems.push(...protectionEvents(service, held));
  else if (isBlockedByBounds(rollout, stops)) problems.push(blockedByConfiguration(service));
  return problems;
}

function protectionEvents(service: string, held: readonly HeldMember[]): readonly string[] {
  const byDeployment = Map.groupBy(held, ({ task }) => task.startedBy ?? "");
  return [...byDeployment].map(([deploymentId, members]) =>
    heldByTaskProtection(service, deploymentId, members.length),
  );
}
