import { setTimeout as delay } from "node:timers/promises";
import { type ECSClient, SubmitTaskStateChangeCommand } from "@aws-sdk/client-ecs";
import { PAUSE_CONTAINER } from "@berth/contracts/agent/pause-container";
import pLimit from "p-limit";
import type { Log } from "../log.ts";
import type { AttachmentStateChange, TaskStateChange } from "../report.ts";
import { errorName } from "./api.ts";
import { Backoff } from "./backoff.ts";

export interface SubmitterParts {
  readonly api: Pick<ECSClient, "send">;
  readonly cluster: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const MAX_CALLS = 10;
const RETRY = { firstMs: 1_000, factor: 1.3, maxMs: 30_000 };

/** Tells the control plane of changes, ten at a time; one that must wait to be repeated holds no place. */
export class Submitter {
  readonly #parts: SubmitterParts;
  readonly #limit = pLimit(MAX_CALLS);

  constructor(parts: SubmitterParts) {
    this.#parts = parts;
  }

  /**
   * Resolves once the change is accepted: what the control plane does not learn from its agent it
   * never learns, so it is repeated for ever. Only a change that is called invalid is dropped.
   */
  async submit(change: TaskStateChange): Promise<void> {
    const { api, cluster, log, signal } = this.#parts;
    const backoff = new Backoff(RETRY);
    const command = new SubmitTaskStateChangeCommand(submission(cluster, change));
    for (;;) {
      try {
        await this.#limit(() => api.send(command, { abortSignal: signal }));
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
}

function submission(cluster: string, change: TaskStateChange) {
  const { taskArn, status, reason, pullStartedAt, pullStoppedAt, executionStoppedAt } = change;
  const { attachment } = change;
  return {
    cluster,
    task: taskArn,
    status,
    reason: reason ?? "",
    containers: [
      ...change.containers.map(({ networkBindings, ...container }) => ({
        ...container,
        ...(networkBindings && { networkBindings: [...networkBindings] }),
      })),
      ...(attachment ? [pauseWith(attachment)] : []),
    ],
    ...(attachment && {
      attachments: [{ attachmentArn: attachment.attachmentArn, status: "ATTACHED" }],
    }),
    ...(pullStartedAt !== undefined && { pullStartedAt: new Date(pullStartedAt) }),
    ...(pullStoppedAt !== undefined && { pullStoppedAt: new Date(pullStoppedAt) }),
    ...(executionStoppedAt !== undefined && { executionStoppedAt: new Date(executionStoppedAt) }),
  };
}

/** The protocol has no place for the address of an interface but a container's bindings (ADR 0040). */
const pauseWith = ({ address }: AttachmentStateChange) => ({
  containerName: PAUSE_CONTAINER,
  status: "RUNNING",
  networkBindings: [{ bindIP: address }],
});
