import type { PlannedStop, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { isProtected } from "@berth/domain/task";
import type { Member } from "./census.ts";
import { isPending } from "./census.ts";
import { stoppedPendingTasks, stoppedRunningTasks } from "./service-events.ts";

const FAILED_HEALTH_CHECKS = "Task failed container health checks";

/** What the tasks are told, each with its own reason. Source: ECS developer guide, stopped tasks. */
export const toPlannedStop = ({ task, condition }: Member): PlannedStop => ({
  taskId: task.id,
  reason:
    condition === "UNHEALTHY"
      ? FAILED_HEALTH_CHECKS
      : `Scaling activity initiated by (deployment ${task.startedBy ?? "unknown"})`,
  ...(task.lastStatus !== "RUNNING" && { beforeRunning: true }),
});

/**
 * Planned stops that still hold and are not obeyed yet: the task has not been told, lives, and does
 * not run where it was to be stopped before that. Such a one may be needed now to stay above the
 * floor. One that is protected by now has been promised to be left alone.
 */
export function openStopsOf(
  service: Pick<Service, "status" | "plannedStops">,
  tasks: readonly Task[],
  now: number,
): readonly PlannedStop[] {
  const { status, plannedStops = [] } = service;
  const untold = new Map(
    tasks
      .filter((task) => task.desiredStatus === "RUNNING" && task.lastStatus !== "STOPPED")
      .map((task) => [task.id, task]),
  );
  return plannedStops.filter((stop) => {
    const task = untold.get(stop.taskId);
    if (!task || (stop.beforeRunning && task.lastStatus === "RUNNING")) return false;
    return status !== "ACTIVE" || !isSpared(stop, task, now);
  });
}

const isSpared = ({ reason }: PlannedStop, task: Task, now: number): boolean =>
  isProtected(task, now) && !task.draining && reason !== FAILED_HEALTH_CHECKS;

/** What to tell of stops decided now: RUNNING tasks by their ids, PENDING ones by their number. */
export function stopEvents(service: string, stops: readonly Member[]): readonly string[] {
  const pending = stops.filter(isPending);
  const running = stops.filter((member) => !isPending(member)).map(({ task }) => task.id);
  return [
    ...(running.length > 0 ? [stoppedRunningTasks(service, running)] : []),
    ...(pending.length > 0 ? [stoppedPendingTasks(service, pending.length)] : []),
  ];
}
