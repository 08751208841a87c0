import type { Deployment, Service } from "@berth/domain/service";
import { countHealthy, countOccupying } from "./census.ts";
import type { Census } from "./census.ts";
import { primaryOf } from "./primary-deployment.ts";
import type { Rollout } from "./rollout.ts";
import { deploymentCompleted } from "./service-events.ts";

export interface Completion {
  /** The same object where nothing changed. */
  readonly deployments: readonly Deployment[];
  readonly steady: boolean;
  readonly events: readonly string[];
}

/** How far the service has come. */
export interface Arrival {
  readonly census: Census;
  /** It has what it wants of the PRIMARY deployment, all healthy, and nothing else. */
  readonly isSettled: boolean;
}

/**
 * Completes the PRIMARY deployment once all its tasks are healthy and nothing else of the service is
 * left; the older deployments leave the list with it. Source: ECS API reference, Deployment.
 */
export function settleCompletion(
  service: Pick<Service, "name" | "deployments">,
  { census, isSettled }: Arrival,
  now: number,
): Completion {
  const { deployments } = service;
  const primary = primaryOf(deployments);
  const older = deployments.slice(1);
  const steady = primary.rolloutState !== "FAILED" && isSettled;
  if (!steady) {
    const needed = older.filter((each) => isStillNeeded(each, older, census));
    const isUnchanged = needed.length === older.length;
    return { deployments: isUnchanged ? deployments : [primary, ...needed], steady, events: [] };
  }
  if (primary.rolloutState === "COMPLETED") {
    return { deployments, steady, events: [] };
  }
  return {
    deployments: [completed(primary, now)],
    steady,
    events: [deploymentCompleted(service.name, primary.id)],
  };
}

/**
 * Whether a rollout has come to its end. Then nothing is planned either: there are never more planned
 * starts than tasks missing.
 */
export function isRolledOut({ census, desiredCount }: Rollout): boolean {
  return countHealthy(census.kept) === desiredCount && countOccupying(census) === desiredCount;
}

const completed = (deployment: Deployment, now: number): Deployment => ({
  ...deployment,
  rolloutState: "COMPLETED",
  rolloutStateReason: `ECS deployment ${deployment.id} completed.`,
  updatedAt: now,
});

/**
 * An older deployment stays listed while it has tasks; the latest COMPLETED one, to which to roll
 * back, and a FAILED one, for people to see, stay until the PRIMARY deployment completes.
 */
function isStillNeeded(
  deployment: Deployment,
  older: readonly Deployment[],
  census: Census,
): boolean {
  const isOwn = (task: { readonly startedBy?: string }) => task.startedBy === deployment.id;
  return (
    deployment.rolloutState === "FAILED" ||
    deployment === older.find((each) => each.rolloutState === "COMPLETED") ||
    census.replaced.some((member) => isOwn(member.task)) ||
    census.leaving.some(isOwn)
  );
}
