import type { Deployment, Service } from "@berth/domain/service";
import type { StopCode } from "@berth/domain/task-status";
import type { Task } from "@berth/domain/task";
import { type HealthRules, type TaskCondition, assessTask } from "./task-condition.ts";
import { endThrottle, throttleStarts } from "./throttle.ts";
import type { ThrottleSettings } from "./throttle.ts";

export interface FailureContext {
  readonly rules: HealthRules;
  readonly settings: ThrottleSettings;
  /** Epoch ms. */
  readonly now: number;
}

type Counted = Pick<Service, "deployments" | "countedFailures">;

/**
 * Adds the tasks that failed since the last pass to their deployments, each once however often it is
 * seen. A task that became healthy after them ends the series. Source: ECS API reference, Deployment
 * `failedTasks` and DeploymentCircuitBreaker `resetOnHealthyTask`.
 */
export function countFailures(
  service: Counted & Pick<Service, "deploymentConfiguration">,
  tasks: readonly Task[],
  context: FailureContext,
): Counted {
  const counted: string[] = [];
  const deployments = service.deployments.map((deployment) => {
    const own = tasks
      .filter((task) => task.startedBy === deployment.id)
      .map((task) => {
        const { condition } = assessTask(task, context.rules, context.now);
        return { task, condition };
      });
    const fresh = own.flatMap((each) => {
      const failure = failureOf(deployment, each, context.now);
      return failure && !service.countedFailures.includes(each.task.id) ? [failure] : [];
    });
    counted.push(...fresh.map(({ task }) => task.id));
    return addFailures(deployment, { service, own, fresh }, context);
  });
  const isChanged = deployments.some((each, index) => each !== service.deployments[index]);
  return {
    deployments: isChanged ? deployments : service.deployments,
    countedFailures:
      counted.length === 0 ? service.countedFailures : [...service.countedFailures, ...counted],
  };
}

/**
 * Of the tasks of a deployment, those that have failed: what befell it before it is gone back to is
 * not held against it then.
 */
export function failedAlready(
  deployment: Deployment,
  tasks: readonly Task[],
  { rules, now }: FailureContext,
): readonly string[] {
  return tasks
    .filter((task) => task.startedBy === deployment.id)
    .filter((task) => {
      const { condition } = assessTask(task, rules, now);
      return failureOf(deployment, { task, condition }, now) !== undefined;
    })
    .map(({ id }) => id);
}

/** The deployment as if none of its tasks had failed. */
export function withoutFailures(deployment: Deployment, now: number): Deployment {
  const { lastFailedAt: _, ...rest } = endThrottle(deployment);
  return { ...rest, failedTasks: 0, updatedAt: now };
}

interface Failure {
  readonly task: Task;
  /** It never ran. */
  readonly atStart: boolean;
  /** Epoch ms. */
  readonly at: number;
}

interface Assessed {
  readonly task: Task;
  readonly condition: TaskCondition;
}

/** Somebody asked for these stops: they say nothing about the task. */
const ASKED_FOR: ReadonlySet<StopCode | undefined> = new Set<StopCode>([
  "UserInitiated",
  "ServiceSchedulerInitiated",
  "SpotInterruption",
  "TerminationNotice",
]);

/** What befalls a task that ran is the deployment's fault only until that has completed. */
function failureOf(
  { rolloutState }: Deployment,
  { task, condition }: Assessed,
  now: number,
): Failure | undefined {
  const isUnderWay = rolloutState === "IN_PROGRESS";
  if (condition === "UNHEALTHY") return isUnderWay ? { task, atStart: false, at: now } : undefined;
  if (condition !== "STOPPED" || ASKED_FOR.has(task.stopCode)) return undefined;
  const atStart = task.startedAt === undefined;
  return atStart || isUnderWay ? { task, atStart, at: task.stoppedAt ?? now } : undefined;
}

interface Findings {
  readonly service: Pick<Service, "deploymentConfiguration">;
  readonly own: readonly Assessed[];
  readonly fresh: readonly Failure[];
}

function addFailures(
  deployment: Deployment,
  { service, own, fresh }: Findings,
  context: FailureContext,
): Deployment {
  const throttled = throttleStarts(deployment, {
    ...context,
    ranAt: latestStart(own),
    failed: fresh.filter(({ atStart }) => atStart).map(({ task }) => task),
  });
  const healthyAt = latestStart(own.filter(({ condition }) => condition === "HEALTHY"));
  const resets = resetsOnHealthyTask(deployment, service);
  const recovered = resets && healthyAt >= (deployment.lastFailedAt ?? Infinity);
  const base = recovered ? withoutCount(throttled, context.now) : throttled;
  const counted = resets ? fresh.filter(({ at }) => at > healthyAt) : fresh;
  if (counted.length === 0) return base;
  return {
    ...base,
    failedTasks: base.failedTasks + counted.length,
    lastFailedAt: Math.max(...counted.map(({ at }) => at)),
    updatedAt: context.now,
  };
}

function withoutCount(deployment: Deployment, now: number): Deployment {
  const { lastFailedAt: _, ...rest } = deployment;
  return { ...rest, failedTasks: 0, updatedAt: now };
}

const latestStart = (own: readonly Assessed[]): number =>
  Math.max(-Infinity, ...own.flatMap(({ task }) => task.startedAt ?? []));

/** The count of what FAILED stands: it is why it failed. */
const resetsOnHealthyTask = (
  { rolloutState }: Deployment,
  { deploymentConfiguration: { deploymentCircuitBreaker } }: Findings["service"],
): boolean => {
  if (rolloutState !== "IN_PROGRESS") return rolloutState === "COMPLETED";
  return deploymentCircuitBreaker?.resetOnHealthyTask ?? true;
};
