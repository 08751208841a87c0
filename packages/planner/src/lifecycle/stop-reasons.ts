import type { Task, TaskContainer } from "@berth/domain/task";
import type { TaskReport } from "./task-lifecycle.ts";

const MAX_REASON_LENGTH = 1024;

const COULD_NOT_START = /^Cannot(Pull|Create|Start)/;

/** An exit code says that a container ran, save one that Docker gives to what it could not start. */
export const hasRun = ({ exitCode, reason = "" }: TaskContainer): boolean =>
  exitCode !== undefined && !COULD_NOT_START.test(reason);

/**
 * Why a task ended that nobody had told to. Agents send no stop code, so its containers tell: one
 * that never ran and says why is a failed start, whatever those beside it did; else one has exited.
 * Source: ECS developer guide, stopped task error codes.
 */
export function stopOf(task: Task, report: TaskReport): Pick<Task, "stopCode" | "stoppedReason"> {
  const whyNot = task.containers.find((each) => !hasRun(each) && each.reason)?.reason;
  const hasExited = task.containers.some(hasRun) && whyNot === undefined;
  if (task.startedAt !== undefined || hasExited) {
    return {
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
    };
  }
  const told = report.reason || whyNot;
  const stoppedReason = (told ?? "Task failed to start").slice(0, MAX_REASON_LENGTH);
  return { stopCode: "TaskFailedToStart", stoppedReason };
}
