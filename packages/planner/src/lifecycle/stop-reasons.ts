import type { Task } from "@berth/domain/task";
import type { TaskReport } from "./task-lifecycle.ts";

const MAX_REASON_LENGTH = 1024;

/**
 * Why a task ended that nobody had told to: an exit code says that a container ran. Agents send no
 * stop code. Source: ECS developer guide, stopped task error codes.
 */
export function stopOf(task: Task, report: TaskReport): Pick<Task, "stopCode" | "stoppedReason"> {
  const hasRun =
    task.startedAt !== undefined || task.containers.some(({ exitCode }) => exitCode !== undefined);
  if (hasRun) {
    return {
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
    };
  }
  const told = report.reason || task.containers.find(({ reason }) => reason)?.reason;
  const stoppedReason = (told ?? "Task failed to start").slice(0, MAX_REASON_LENGTH);
  return { stopCode: "TaskFailedToStart", stoppedReason };
}
