import type { Deployment, Service } from "@berth/domain/service";
import type { RollbackTrigger, ServiceDeploymentRollback } from "@berth/domain/service-deployment";
import { isTripped } from "./circuit-breaker.ts";
import { withoutFailures } from "./failures.ts";
import { primaryOf } from "./primary-deployment.ts";
import { deploymentFailed, rollingBack } from "./service-events.ts";

export interface Verdict {
  readonly deployments: readonly Deployment[];
  /** That of the PRIMARY deployment. */
  readonly taskDefinition: string;
  readonly events: readonly string[];
  /** Present where the PRIMARY deployment has failed just now. */
  readonly failure?: Failure;
}

/** Why a deployment failed, and what becomes of it. */
export interface Failure extends ServiceDeploymentRollback {
  /** Whether to go back was asked for; if so and there is no `deploymentId`, there was nothing. */
  readonly rollback: boolean;
}

type Judged = Pick<
  Service,
  | "name"
  | "desiredCount"
  | "deploymentConfiguration"
  | "taskDefinition"
  | "deployments"
  | "serviceDeployments"
> & {
  /** Alarms that went off. */
  readonly triggeredAlarms: readonly string[];
};

/**
 * Fails a PRIMARY deployment of which too many tasks failed, whose alarms went off or which is to be
 * stopped, and rolls back to the latest COMPLETED one where that is asked for: never to one that
 * failed. Source: ECS developer guide, deployment failure detection.
 */
export function judgeDeployment(service: Judged, now: number): Verdict {
  const { deployments } = service;
  const primary = primaryOf(deployments);
  const { taskDefinition = primary.taskDefinition } = service;
  const older = deployments.slice(1);
  const fault = primary.rolloutState === "IN_PROGRESS" ? findFault(primary, service) : undefined;
  if (!fault) return { deployments, taskDefinition, events: [] };

  const target = fault.rollback ? older.find(isCompleted) : undefined;
  const failed = failedDeployment(primary, fault, now);
  const failure: Failure = {
    ...fault,
    reason: reasonOf(fault, target),
    startedAt: now,
    failureCount: primary.failedTasks,
    ...(target && { deploymentId: target.id }),
  };
  const events = [deploymentFailed(service.name, primary.id, FAILURES[fault.trigger].event)];
  if (!target) return { deployments: [failed, ...older], taskDefinition, events, failure };
  return {
    deployments: [
      rolledBackTo(target, fault, now),
      { ...failed, status: "ACTIVE" },
      ...older.filter((each) => each !== target),
    ],
    taskDefinition: target.taskDefinition,
    events: [...events, rollingBack(service.name, target.id)],
    failure,
  };
}

interface Fault {
  readonly trigger: RollbackTrigger;
  readonly rollback: boolean;
}

function findFault(primary: Deployment, service: Judged): Fault | undefined {
  const [current] = service.serviceDeployments;
  if (current?.status === "ROLLBACK_REQUESTED") return { trigger: "user", rollback: true };
  const { deploymentCircuitBreaker, alarms } = service.deploymentConfiguration;
  if (isTripped(primary, service)) {
    return { trigger: "circuitBreaker", rollback: deploymentCircuitBreaker?.rollback ?? false };
  }
  if (service.triggeredAlarms.length === 0) return undefined;
  return { trigger: "alarms", rollback: alarms?.rollback ?? false };
}

interface FailureTexts {
  /** Who speaks in `rolloutStateReason`. */
  readonly source: string;
  readonly rolloutReason: string;
  readonly event: string;
  readonly cause: string;
}

/** In ECS's words where they are known. Source: ECS developer guide, service event messages. */
const FAILURES: Readonly<Record<RollbackTrigger, FailureTexts>> = {
  circuitBreaker: {
    source: "ECS deployment circuit breaker",
    rolloutReason: "tasks failed to start.",
    event: "tasks failed to start.",
    cause: "the circuit breaker threshold was exceeded",
  },
  alarms: {
    source: "ECS deployment alarms",
    rolloutReason: "alarm detected.",
    event: "alarm detected.",
    cause: "an alarm was detected",
  },
  user: {
    source: "ECS deployment",
    rolloutReason: "stopped by user.",
    event: "stopped by user.",
    cause: "it was stopped by the user",
  },
};

function reasonOf({ trigger, rollback }: Fault, target: Deployment | undefined): string {
  const { cause } = FAILURES[trigger];
  if (target) return `Service deployment rolled back because ${cause}.`;
  return rollback
    ? `Service deployment failed because ${cause}, and there is no completed deployment to roll back to.`
    : `Service deployment stopped because ${cause}.`;
}

const isCompleted = (deployment: Deployment): boolean => deployment.rolloutState === "COMPLETED";

function failedDeployment(deployment: Deployment, { trigger }: Fault, now: number): Deployment {
  const { source, rolloutReason } = FAILURES[trigger];
  return {
    ...deployment,
    rolloutState: "FAILED",
    rolloutStateReason: `${source}: ${rolloutReason}`,
    updatedAt: now,
  };
}

const rolledBackTo = (target: Deployment, { trigger }: Fault, now: number): Deployment => ({
  ...withoutFailures(target, now),
  status: "PRIMARY",
  rolloutState: "IN_PROGRESS",
  rolloutStateReason: `${FAILURES[trigger].source}: rolling back to deploymentId ${target.id}.`,
});
