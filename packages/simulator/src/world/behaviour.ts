import type { PayloadTask } from "@berth/contracts/agent/messages";

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
}

/** Decides for each task what it will do. Asked once, when an agent takes the task up. */
export type Behaviour = (
  task: Pick<PayloadTask, "arn" | "family" | "version" | "containers">,
) => TaskScript;
