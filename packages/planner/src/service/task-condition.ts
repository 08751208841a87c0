import type { Task } from "@berth/domain/task";
import type { TaskStatus } from "@berth/domain/task-status";

/**
 * What a task is to its service. LEAVING: told to stop, or stopping by itself. WARMING: RUNNING, and
 * not yet proven healthy.
 */
export type TaskCondition = "PENDING" | "WARMING" | "HEALTHY" | "UNHEALTHY" | "LEAVING" | "STOPPED";

export interface Assessment {
  readonly condition: TaskCondition;
  /** Epoch ms: time alone changes the condition then. */
  readonly changesAt?: number;
}

export interface HealthRules {
  /** Names of essential containers with a health check, by task definition name. */
  readonly checkedContainers: Readonly<Record<string, readonly string[]>>;
  /** A task without health check is healthy after RUNNING for so long. */
  readonly healthyAfterMs: number;
  /** The deployment whose tasks have to RUN for longer than that, since its failures are watched for. */
  readonly probation?: { readonly deploymentId: string; readonly healthyAfterMs: number };
  /** Failed health checks are ignored for so long after RUNNING. */
  readonly gracePeriodMs: number;
}

/** Source: ECS API reference, DeploymentConfiguration (when a task is healthy) and Service. */
export function assessTask(task: Task, rules: HealthRules, now: number): Assessment {
  const condition = CONDITION[task.lastStatus];
  if (condition === "STOPPED" || task.desiredStatus === "RUNNING") {
    return condition === "RUNNING" ? assessRunning(task, rules, now) : { condition };
  }
  return { condition: "LEAVING" };
}

const CONDITION: Readonly<
  Record<TaskStatus, Extract<TaskCondition, "PENDING" | "LEAVING" | "STOPPED"> | "RUNNING">
> = {
  PROVISIONING: "PENDING",
  PENDING: "PENDING",
  ACTIVATING: "PENDING",
  RUNNING: "RUNNING",
  DEACTIVATING: "LEAVING",
  STOPPING: "LEAVING",
  DEPROVISIONING: "LEAVING",
  STOPPED: "STOPPED",
};

function assessRunning(task: Task, rules: HealthRules, now: number): Assessment {
  const runningSince = task.startedAt ?? task.createdAt;
  const checked = rules.checkedContainers[task.taskDefinition] ?? [];
  if (checked.length === 0) {
    return from(runningSince + healthyAfterMs(task, rules), "HEALTHY", now);
  }
  const health = checked.map(
    (name) => task.containers.find((container) => container.name === name)?.healthStatus,
  );
  if (health.includes("UNHEALTHY")) {
    return from(runningSince + rules.gracePeriodMs, "UNHEALTHY", now);
  }
  return { condition: health.every((each) => each === "HEALTHY") ? "HEALTHY" : "WARMING" };
}

const healthyAfterMs = (task: Task, { healthyAfterMs, probation }: HealthRules): number =>
  probation?.deploymentId === task.startedBy
    ? Math.max(healthyAfterMs, probation?.healthyAfterMs ?? 0)
    : healthyAfterMs;

function from(changesAt: number, condition: TaskCondition, now: number): Assessment {
  return now >= changesAt ? { condition } : { condition: "WARMING", changesAt };
}
