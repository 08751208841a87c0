import { setTimeout as delay } from "node:timers/promises";
import { type ECSClient, SubmitTaskStateChangeCommand } from "@aws-sdk/client-ecs";
import type { Log } from "../log.ts";
import type { TaskStateChange } from "../report.ts";
import { errorName } from "./api.ts";
import { Backoff } from "./backoff.ts";

const RETRY = { firstMs: 1_000, factor: 1.3, maxMs: 30_000 };

/**
 * Tells the control plane of a task's change, and again until it is accepted: what it does not learn
 * from its agent it never learns. Only a change that it calls invalid is dropped.
 */
export async function submitTaskStateChange(
  api: ECSClient,
  cluster: string,
  change: TaskStateChange,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  const backoff = new Backoff(RETRY);
  for (;;) {
    try {
      const command = new SubmitTaskStateChangeCommand(submission(cluster, change));
      await api.send(command, { abortSignal: signal });
      return;
    } catch (error) {
      signal.throwIfAborted();
      const isInvalid = errorName(error) === "InvalidParameterException";
      log.warn(isInvalid ? "report-dropped" : "report-delayed", { task: change.taskArn, error });
      if (isInvalid) return;
      await delay(backoff.next(), undefined, { signal });
    }
  }
}

function submission(cluster: string, change: TaskStateChange) {
  const { taskArn, status, reason, pullStartedAt, pullStoppedAt, executionStoppedAt } = change;
  return {
    cluster,
    task: taskArn,
    status,
    reason: reason ?? "",
    containers: change.containers.map(({ networkBindings, ...container }) => ({
      ...container,
      ...(networkBindings && { networkBindings: networkBindings.map((each) => ({ ...each })) }),
    })),
    ...(pullStartedAt !== undefined && { pullStartedAt: new Date(pullStartedAt) }),
    ...(pullStoppedAt !== undefined && { pullStoppedAt: new Date(pullStoppedAt) }),
    ...(executionStoppedAt !== undefined && { executionStoppedAt: new Date(executionStoppedAt) }),
  };
}
