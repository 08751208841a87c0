import type { PlannedStop, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { isProtected } from "@berth/domain/task";
import type { Member } from "./census.ts";
import { isPending } from "./census.ts";
import { stoppedInZone, stoppedPendingTasks, stoppedRunningTasks } from "./service-events.ts";

const FAILED_HEALTH_CHECKS = "Task failed container health checks";

/** What the tasks are told, each with its own reason. Source: ECS developer guide, stopped tasks. */
export const toPlannedStop = (member: Member): PlannedStop => ({
  taskId: member.task.id,
  reason: reasonOf(member),
  ...(member.task.lastStatus !== "RUNNING" && { beforeRunning: true }),
});

function reasonOf({ task, condition, forBalance }: Member): string {
  if (condition === "UNHEALTHY") return FAILED_HEALTH_CHECKS;
  const activity = forBalance ? "Availability-zone rebalancing" : "Scaling activity";
  return `${activity} initiated by (deployment ${task.startedBy ?? "unknown"})`;
}

/**
 * Planned stops that still hold and are not obeyed yet: the task has not been told, lives, and does
 * not run where it was to be stopped before that. Such a one may be needed now to stay above the
 * floor. One that is protected by now has been promised to be left alone.
 */
export function openStopsOf(
  service: Pick<Service, "status" | "schedulingStrategy" | "plannedStops">,
  tasks: readonly Task[],
  now: number,
): readonly PlannedStop[] {
  const { plannedStops = [] } = service;
  const sparesProtected = service.status === "ACTIVE" && service.schedulingStrategy === "REPLICA";
  const untold = new Map(
    tasks
      .filter((task) => task.desiredStatus === "RUNNING" && task.lastStatus !== "STOPPED")
      .map((task) => [task.id, task]),
  );
  return plannedStops.filter((stop) => {
    const task = untold.get(stop.taskId);
    if (!task || (stop.beforeRunning && task.lastStatus === "RUNNING")) return false;
    return !(sparesProtected && isSpared(stop, task, now));
  });
}

const isSpared = ({ reason }: PlannedStop, task: Task, now: number): boolean =>
  isProtected(task, now) && !task.draining && reason !== FAILED_HEALTH_CHECKS;

/** What to tell of stops decided now: RUNNING tasks by their ids, PENDING ones by their number. */
export function stopEvents(service: string, stops: readonly Member[]): readonly string[] {
  const pending = stops.filter(isPending);
  const running = stops.filter((member) => !isPending(member));
  const ids = running.filter(({ forBalance }) => !forBalance).map(({ task }) => task.id);
  const moved = Map.groupBy(
    running.filter(({ forBalance }) => forBalance),
    ({ task }) => task.availabilityZone ?? "",
  );
  return [
    ...(ids.length > 0 ? [stoppedRunningTasks(service, ids)] : []),
    ...[...moved].map(([zone, members]) =>
      stoppedInZone(
        service,
        zone,
        members.map(({ task }) => task.id),
      ),
    ),
    ...(pending.length > 0 ? [stoppedPendingTasks(service, pending.length)] : []),
  ];
}
