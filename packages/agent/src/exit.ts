import type { ContainerExit } from "./event.ts";
import { definitionOf } from "./state.ts";
import type { ContainerState, ManagedTask } from "./state.ts";

/** ECS's own. Source: ECS API reference, ContainerRestartPolicy. */
const RESTART_PERIOD_S = 300;

/**
 * A container after its end was heard of: STOPPED, or still RUNNING for its task where its restart
 * policy has it started again. The first word on an end counts. One that comes before its start was
 * answered waits for that answer, which says whether it ever ran.
 */
export function withExit(
  task: ManagedTask,
  container: ContainerState,
  end: ContainerExit,
): ContainerState {
  if (isHeardBefore(container, end)) return container;
  if (container.phase === "STOPPED") return withoutStray(idle(container));
  if (container.busy === "start") return { ...container, ...end };
  if (isRestarted(task, container, end)) {
    const { health: _health, ...rest } = idle(container);
    return { ...rest, down: end };
  }
  return { startedAt: end.finishedAt, ...idle(container), ...end, phase: "STOPPED" };
}

/** A container that is down, once its task is to stop: it is not started again. */
export function withoutRestart({ down, ...container }: ContainerState): ContainerState {
  return { ...container, ...down, phase: "STOPPED" };
}

/** A container that runs again, after the end because of which it was started. */
export function restartedAfter(container: ContainerState): ContainerState {
  const { down, ...rest } = container;
  if (!down) return container;
  const count = (rest.restarts?.count ?? 0) + 1;
  return { ...rest, restarts: { count, afterEndAt: down.finishedAt } };
}

/** A container that runs now: what had been given up before is to be stopped. */
export const strayed = (container: ContainerState, dockerId: string): ContainerState =>
  container.phase === "STOPPED" ? { ...container, dockerId, stray: true } : container;

function withoutStray({ stray: _stray, ...container }: ContainerState): ContainerState {
  return container;
}

/** Nothing is asked of the engine for it any more. */
export function idle({
  busy: _busy,
  retryAt: _retryAt,
  ...container
}: ContainerState): ContainerState {
  return container;
}

/** The engine shows the last end of a container until it runs again. */
function isHeardBefore({ down, restarts }: ContainerState, end: ContainerExit): boolean {
  return end.finishedAt <= (down?.finishedAt ?? restarts?.afterEndAt ?? Number.NEGATIVE_INFINITY);
}

/** Only one that ran for the period of its policy: a program that cannot work is not started for ever. */
function isRestarted(
  task: ManagedTask,
  { name, startedAt }: ContainerState,
  { exitCode, finishedAt }: ContainerExit,
): boolean {
  const policy = definitionOf(task, name)?.restartPolicy;
  // What has no exit code is gone: somebody removed it.
  if (!policy?.enabled || task.desiredStatus === "STOPPED" || exitCode === undefined) return false;
  if (policy.ignoredExitCodes?.includes(exitCode) || startedAt === undefined) return false;
  const periodMs = (policy.restartAttemptPeriod ?? RESTART_PERIOD_S) * 1_000;
  // With a clock that was set back there is no saying how long it ran.
  return finishedAt < startedAt || finishedAt - startedAt >= periodMs;
}
