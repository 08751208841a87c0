import type { PlannedStop } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { Member } from "./census.ts";
import { isPending } from "./census.ts";
import { stoppedPendingTasks, stoppedRunningTasks } from "./service-events.ts";

/** What the tasks are told, each with its own reason. Source: ECS developer guide, stopped tasks. */
export const toPlannedStop = ({ task, condition }: Member): PlannedStop => ({
  taskId: task.id,
  reason:
    condition === "UNHEALTHY"
      ? "Task failed container health checks"
      : `Scaling activity initiated by (deployment ${task.startedBy ?? "unknown"})`,
  ...(task.lastStatus !== "RUNNING" && { beforeRunning: true }),
});

/**
 * Planned stops that still hold and are not obeyed yet: the task has not been told, lives, and does
 * not run where it was to be stopped before that. Such a one may be needed now to stay above the floor.
 */
export function openStops(
  plannedStops: readonly PlannedStop[],
  tasks: readonly Task[],
): readonly PlannedStop[] {
  const untold = new Map(
    tasks
      .filter((task) => task.desiredStatus === "RUNNING" && task.lastStatus !== "STOPPED")
      .map((task) => [task.id, task]),
  );
  return plannedStops.filter(({ taskId, beforeRunning }) => {
    const task = untold.get(taskId);
    return task !== undefined && !(beforeRunning && task.lastStatus === "RUNNING");
  });
}

/** What to tell of stops decided now: RUNNING tasks by their ids, PENDING ones by their number. */
export function stopEvents(service: string, stops: readonly Member[]): readonly string[] {
  const pending = stops.filter(isPending);
  const running = stops.filter((member) => !isPending(member)).map(({ task }) => task.id);
  return [
    ...(running.length > 0 ? [stoppedRunningTasks(service, running)] : []),
    ...(pending.length > 0 ? [stoppedPendingTasks(service, pending.length)] : []),
  ];
}
