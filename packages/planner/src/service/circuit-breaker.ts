import type { Deployment, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { withoutFailures } from "./failed-starts.ts";
import { primaryOf } from "./primary-deployment.ts";
import { deploymentFailed, rollingBack } from "./service-events.ts";

export interface Verdict {
  readonly deployments: readonly Deployment[];
  /** That of the PRIMARY deployment. */
  readonly taskDefinition: string;
  readonly events: readonly string[];
}

/**
 * Fails a PRIMARY deployment of which too many starts failed and no task runs, and rolls back to
 * the latest COMPLETED one where that is asked for. Source: ECS developer guide, deployment circuit
 * breaker, stage 1.
 */
export function judgeDeployment(
  service: Pick<
    Service,
    "name" | "desiredCount" | "deploymentConfiguration" | "taskDefinition" | "deployments"
  >,
  tasks: readonly Task[],
  now: number,
): Verdict {
  const { deploymentCircuitBreaker } = service.deploymentConfiguration;
  const { deployments, taskDefinition } = service;
  const primary = primaryOf(deployments);
  const older = deployments.slice(1);
  if (!deploymentCircuitBreaker?.enable || !isTripped(primary, service, tasks)) {
    return { deployments, taskDefinition, events: [] };
  }
  const failed = failedDeployment(primary, now);
  const events = [deploymentFailed(service.name, primary.id)];
  const target = deploymentCircuitBreaker.rollback ? older.find(isCompleted) : undefined;
  if (!target) return { deployments: [failed, ...older], taskDefinition, events };
  return {
    deployments: [
      rolledBackTo(target, now),
      { ...failed, status: "ACTIVE" },
      ...older.filter((each) => each !== target),
    ],
    taskDefinition: target.taskDefinition,
    events: [...events, rollingBack(service.name, target.id)],
  };
}

/** Half of the desired count, but at least 3 and at most 200. */
export const failureThreshold = (desiredCount: number): number =>
  Math.max(3, Math.min(200, Math.ceil(desiredCount / 2)));

const isCompleted = (deployment: Deployment): boolean => deployment.rolloutState === "COMPLETED";

function isTripped(
  primary: Deployment,
  service: Pick<Service, "desiredCount">,
  tasks: readonly Task[],
): boolean {
  return (
    primary.rolloutState === "IN_PROGRESS" &&
    primary.failedTasks >= failureThreshold(service.desiredCount) &&
    !tasks.some((task) => task.startedBy === primary.id && task.lastStatus === "RUNNING")
  );
}

const failedDeployment = (deployment: Deployment, now: number): Deployment => ({
  ...deployment,
  rolloutState: "FAILED",
  rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
  updatedAt: now,
});

const rolledBackTo = (target: Deployment, now: number): Deployment => ({
  ...withoutFailures(target, now),
  status: "PRIMARY",
  rolloutState: "IN_PROGRESS",
  rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${target.id}.`,
});
