import type { Deployment, PlannedStart } from "@berth/domain/service";
import type { Census, Member } from "./census.ts";
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

/** What keeps a service from its goal now, as ECS tells it. */
export function listProblems(
  service: string,
  state: {
    readonly census: Census;
    readonly planned: readonly PlannedStart[];
    readonly primary: Deployment;
  },
): readonly string[] {
  const { census, planned, primary } = state;
  const problems = census.replaced
    .filter((member) => member.condition === "UNHEALTHY")
    .map((member) => failedHealthChecks(service, member.task.id));
  if (planned.some((start) => start.unplaced)) {
    problems.push(unableToPlace(service, closestCandidate(planned)));
  }
  if ((primary.failedRounds ?? 0) >= CONSISTENT_ROUNDS) {
    problems.push(unableToStartConsistently(service));
  }
  return problems;
}

/** What keeps a rollout from going on. */
export function listBlocks(
  service: string,
  state: {
    readonly rollout: Rollout;
    readonly stops: readonly Member[];
    readonly held: readonly HeldMember[];
  },
): readonly string[] {
  const { rollout, stops, held } = state;
  if (held.length > 0) return protectionEvents(service, held);
  return isBlockedByBounds(rollout, stops) ? [blockedByConfiguration(service)] : [];
}

function protectionEvents(service: string, held: readonly HeldMember[]): readonly string[] {
  const byDeployment = Map.groupBy(held, ({ task }) => task.startedBy ?? "");
  return [...byDeployment].map(([deploymentId, members]) =>
    heldByTaskProtection(service, deploymentId, members.length),
  );
}
