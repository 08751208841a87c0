import type { PayloadTask } from "@berth/contracts/agent/messages";
import type { TaskDefinition } from "@berth/domain/task-definition";

/** What a simulated task will do. All times in ms. */
export interface TaskScript {
  /** From the agent's taking it up until it runs, or fails to. */
  readonly startMs: number;
  /** From the stop's arrival until the last container has exited. */
  readonly stopMs: number;
  /** It never runs: its image cannot be pulled, say. */
  readonly failsToStart?: boolean;
  /** Once it runs, it exits by itself. */
  readonly exits?: { readonly afterMs: number; readonly exitCode: number };
  /** From RUNNING until its containers with a health check are HEALTHY. */
  readonly healthyMs?: number;
  /** From RUNNING until they are UNHEALTHY. */
  readonly unhealthyMs?: number;
  /** It tells of its health again so often. Absent: it is heard at once. */
  readonly repeatHealthMs?: number;
}

/** Decides for each task what it will do. Asked once, when an agent takes the task up. */
export type Behaviour = (
  task: Pick<PayloadTask, "arn" | "family" | "version" | "containers">,
) => TaskScript;

/** Docker's default. */
const CHECK_INTERVAL_SECONDS = 30;

/** Where a definition has health checks, they pass once the first of each has been made. */
export function healthChecks(
  definition: TaskDefinition | undefined,
): Pick<TaskScript, "healthyMs"> {
  const intervals = (definition?.containerDefinitions ?? []).flatMap(({ healthCheck }) =>
    healthCheck ? [healthCheck.interval ?? CHECK_INTERVAL_SECONDS] : [],
  );
  return intervals.length === 0 ? {} : { healthyMs: Math.max(...intervals) * 1_000 };
}
