import type { ExplainedTaskSet } from "@berth/contracts/rest/explanation";
import { defined } from "@berth/domain/defined";
import type { TaskSet } from "@berth/domain/task-set";
import type { TaskSetDescription } from "../commands/present/task-set.ts";
import { isoTime } from "./present-story.ts";

/** What a service's explanation says of one task set: its description, and what became of its starts. */
export function explainTaskSet(described: TaskSetDescription, set: TaskSet): ExplainedTaskSet {
  const { failedTasks, throttledUntil } = set.failures;
  return {
    id: set.id,
    ...defined({ externalId: set.externalId }),
    status: set.status,
    taskDefinition: described.taskDefinition ?? "",
    scale: set.scale,
    computedDesiredCount: described.computedDesiredCount ?? 0,
    runningCount: described.runningCount ?? 0,
    pendingCount: described.pendingCount ?? 0,
    stabilityStatus: set.stabilityStatus,
    stabilityStatusAt: isoTime(set.stabilityStatusAt),
    failedTasks,
    ...(throttledUntil !== undefined && { throttledUntil: isoTime(throttledUntil) }),
  };
}
