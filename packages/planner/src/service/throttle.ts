import type { Deployment } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";

export interface ThrottleSettings {
  readonly throttleFirstDelayMs: number;
  readonly throttleMaxDelayMs: number;
}

export interface StartResults {
  /** Tasks that never ran, seen for the first time. */
  readonly failed: readonly Task[];
  /** Epoch ms: when the latest task of the deployment began to run. */
  readonly ranAt: number;
  readonly settings: ThrottleSettings;
  readonly now: number;
}

/**
 * Holds the starts of a deployment back for longer with every round that fails. A task that runs
 * ends the series: those that die afterwards do not count. Source: ECS developer guide, service
 * throttle logic.
 */
export function throttleStarts(deployment: Deployment, results: StartResults): Deployment {
  const { failed, ranAt, now } = results;
  const recovered = ranAt >= (deployment.lastFailedStartAt ?? Infinity);
  const base = recovered ? endThrottle(deployment) : deployment;
  const fresh = failed.filter((task) => (task.stoppedAt ?? now) > ranAt);
  if (fresh.length === 0) return base;
  return {
    ...base,
    lastFailedStartAt: Math.max(...fresh.map((task) => task.stoppedAt ?? now)),
    ...nextRound(base, fresh, results),
  };
}

/** The deployment as if no start of it had been held back. */
export function endThrottle(deployment: Deployment): Deployment {
  const { failedRounds: _, lastFailedStartAt: _1, throttledUntil: _2, ...rest } = deployment;
  return rest;
}

export const isThrottled = (deployment: Deployment, now: number): boolean =>
  (deployment.throttledUntil ?? 0) > now;

/** A round ends when the next one may begin: what was created before then belongs to it. */
function nextRound(
  { throttledUntil, failedRounds: rounds = 0 }: Deployment,
  failed: readonly Task[],
  { now, settings }: StartResults,
): Pick<Deployment, "failedRounds" | "throttledUntil"> {
  const isNewRound = failed.some((task) => task.createdAt >= (throttledUntil ?? 0));
  if (throttledUntil !== undefined && !isNewRound) return {};
  const failedRounds = rounds + 1;
  const delayMs = Math.min(
    settings.throttleFirstDelayMs * 2 ** (failedRounds - 1),
    settings.throttleMaxDelayMs,
  );
  return { failedRounds, throttledUntil: now + delayMs };
}
