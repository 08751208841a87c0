import type { Task } from "@berth/domain/task";
import type { ControlPlane } from "../context.ts";

/** Counts what a write made of a task. A state is written once, so it is counted once at most. */
export function countTaskChange(
  { metrics }: Pick<ControlPlane, "metrics">,
  before: Task,
  after: Task,
): void {
  if (before.startedAt === undefined && after.startedAt !== undefined) {
    metrics.record("TasksStarted", 1);
  }
  if (before.lastStatus !== "STOPPED" && after.lastStatus === "STOPPED") {
    const { stopCode: StopCode } = after;
    metrics.record("TasksStopped", 1, { ...(StopCode !== undefined && { StopCode }) });
  }
}
