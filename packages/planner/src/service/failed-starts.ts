import type { Deployment, Service } from "@berth/domain/service";
import type { StopCode } from "@berth/domain/task-status";
import type { Task } from "@berth/domain/task";

export interface ThrottleSettings {
  readonly throttleFirstDelayMs: number;
  readonly throttleMaxDelayMs: number;
}

/**
 * Adds the starts that failed since the last pass to their deployments, each once however often it
 * is seen, and holds further starts back for longer with every round. A task that runs ends the
 * series. Source: ECS developer guide, service throttle logic, and API reference, Deployment.
 */
export function countFailedStarts(
  service: Pick<Service, "deployments" | "countedStops">,
  tasks: readonly Task[],
  context: { readonly now: number; readonly settings: ThrottleSettings },
): Pick<Service, "deployments" | "countedStops"> {
  const failures = tasks.filter(
    (task) => hasFailedToStart(task) && !service.countedStops.includes(task.id),
  );
  const deployments = service.deployments.map((deployment) => {
    const isOwn = (task: Task) => task.startedBy === deployment.id;
    const startedAt = tasks.filter(isOwn).flatMap((task) => task.startedAt ?? []);
    const failed = failures.filter(isOwn);
    return addFailures(deployment, failed, {
      ...context,
      ranAt: Math.max(-Infinity, ...startedAt),
    });
  });
  const isChanged = deployments.some((each, index) => each !== service.deployments[index]);
  return {
    deployments: isChanged ? deployments : service.deployments,
    countedStops:
      failures.length === 0
        ? service.countedStops
        : [...service.countedStops, ...failures.map((task) => task.id)],
  };
}

/** Somebody asked for these stops: they say nothing about whether the task can start. */
const ASKED_FOR: ReadonlySet<StopCode | undefined> = new Set<StopCode>([
  "UserInitiated",
  "ServiceSchedulerInitiated",
  "SpotInterruption",
  "TerminationNotice",
]);

const hasFailedToStart = (task: Task): boolean =>
  task.lastStatus === "STOPPED" && task.startedAt === undefined && !ASKED_FOR.has(task.stopCode);

interface FailureContext {
  readonly now: number;
  readonly settings: ThrottleSettings;
  /** When the latest task of the deployment began to run. */
  readonly ranAt: number;
}

function addFailures(
  deployment: Deployment,
  failed: readonly Task[],
  context: FailureContext,
): Deployment {
  const { now, ranAt } = context;
  const recovered = ranAt >= (deployment.lastFailedAt ?? Infinity);
  const base = recovered ? withoutFailures(deployment, now) : deployment;
  const fresh = failed.filter((task) => (task.stoppedAt ?? now) > ranAt);
  if (fresh.length === 0) return base;
  return {
    ...base,
    failedTasks: base.failedTasks + fresh.length,
    lastFailedAt: Math.max(...fresh.map((task) => task.stoppedAt ?? now)),
    updatedAt: now,
    ...throttle(base, fresh, context),
  };
}

/** A round ends when the next one may begin: what was created before then belongs to it. */
function throttle(
  deployment: Deployment,
  failed: readonly Task[],
  { now, settings }: FailureContext,
): Pick<Deployment, "failedRounds" | "throttledUntil"> {
  const { throttledUntil } = deployment;
  const isNewRound = failed.some((task) => task.createdAt >= (throttledUntil ?? 0));
  if (throttledUntil !== undefined && !isNewRound) return {};
  const failedRounds = (deployment.failedRounds ?? 0) + 1;
  const delayMs = Math.min(
    settings.throttleFirstDelayMs * 2 ** (failedRounds - 1),
    settings.throttleMaxDelayMs,
  );
  return { failedRounds, throttledUntil: now + delayMs };
}

/** The deployment as if no start of it had failed. */
export function withoutFailures(deployment: Deployment, now: number): Deployment {
  const { failedRounds: _, lastFailedAt: __, throttledUntil: ___, ...rest } = deployment;
  return { ...rest, failedTasks: 0, updatedAt: now };
}
