import { dependencyState } from "./dependencies.ts";
import { withoutRestart } from "./exit.ts";
import { definitionOf, isAtLeast, isStopped } from "./state.ts";
import type { ContainerState, ManagedTask } from "./state.ts";

/**
 * Draws what follows from what is known: a task whose essential container stopped is to stop, a
 * container whose dependency failed will never run, and neither will any that had not started when
 * its task was stopped. Settling again changes nothing.
 */
export function settle(task: ManagedTask, now: number): ManagedTask {
  let settled = task;
  // Each round stops at least one more container, or is the last.
  for (;;) {
    const next = giveUp(stopWithEssential(settled), now);
    if (next === settled) return markStopped(settled, now);
    settled = next;
  }
}

function stopWithEssential(task: ManagedTask): ManagedTask {
  if (task.desiredStatus === "STOPPED") return task;
  const hasEnded = task.containers.some(
    ({ phase, name }) => phase === "STOPPED" && definitionOf(task, name)?.essential,
  );
  return hasEnded ? { ...task, desiredStatus: "STOPPED" } : task;
}

/** Stops on paper the containers that the engine need not be asked about: they never ran. */
function giveUp(task: ManagedTask, now: number): ManagedTask {
  const containers = task.containers.map((container) => {
    if (!canBeDropped(container)) return container;
    if (container.down && task.desiredStatus === "STOPPED") return withoutRestart(container);
    if (isAtLeast(container.phase, "RUNNING")) return container;
    if (task.desiredStatus === "STOPPED") return dropped(container);
    const dependency = dependencyState(task, container.name, now);
    return container.phase === "NONE" && dependency.kind === "failed"
      ? { ...dropped(container), reason: dependency.reason }
      : container;
  });
  const isUnchanged = containers.every((container, index) => container === task.containers[index]);
  return isUnchanged ? task : { ...task, containers };
}

/** A create or a start must be waited for, since it may leave something in the engine; a pull need not. */
const canBeDropped = ({ busy }: ContainerState): boolean => busy === undefined || busy === "pull";

function dropped({ busy: _busy, ...container }: ContainerState): ContainerState {
  return { ...container, phase: "STOPPED" };
}

function markStopped(task: ManagedTask, now: number): ManagedTask {
  return task.stoppedAt === undefined && isStopped(task) ? { ...task, stoppedAt: now } : task;
}
