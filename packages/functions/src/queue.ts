import type { WakeMessage } from "@berth/contracts/queue";
import { parseWakeMessage } from "@berth/contracts/wake-message";
import type { Metrics } from "@berth/control-plane/context";
import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { PauseMessages } from "@berth/aws/message-pauses";
import { retryPause } from "@berth/aws/queues";
import { describeError } from "./log.ts";
import type { Log } from "./log.ts";

export type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

export interface QueueDependencies {
  readonly handle: (message: WakeMessage) => Promise<void>;
  readonly pause: PauseMessages;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * Handles the messages of a batch: groups side by side, each group in order. What failed, and what
 * stands behind it in its group, goes back to the queue, and comes again after a pause that grows.
 */
export function createQueueHandler(dependencies: QueueDependencies): QueueHandler {
  return async ({ Records }) => {
    const groups = Map.groupBy(Records, groupOf);
    const failures = await Promise.all(
      [...groups.values()].map((records) => handleGroup(records, dependencies)),
    );
    return { batchItemFailures: failures.flat() };
  };
}

/** A standard queue knows no groups: there each message stands for itself. */
function groupOf({ attributes, messageId }: SQSRecord): string {
  return attributes.MessageGroupId ?? messageId;
}

async function handleGroup(
  records: readonly SQSRecord[],
  dependencies: QueueDependencies,
): Promise<readonly SQSBatchItemFailure[]> {
  const { handle, metrics, log } = dependencies;
  // Equal wake-ups that wait together are one: all were sent before the first is handled.
  const handled = new Set<string>();
  for (const [index, { body, messageId }] of records.entries()) {
    if (handled.has(body)) continue;
    try {
      await handle(parseWakeMessage(body));
      handled.add(body);
    } catch (error) {
      metrics.record("ReconcileErrors", 1);
      log.error("Wake-up failed", { messageId, body, ...describeError(error) });
      const failed = records.slice(index);
      await pauseTogether(failed, dependencies);
      return failed.map((record) => ({ itemIdentifier: record.messageId }));
    }
  }
  return [];
}

/**
 * A group is given out again when none of it is hidden any more: what stands behind the failed message
 * has to come back with it. Where that cannot be had, the visibility timeout is waited for.
 */
async function pauseTogether(
  failed: readonly SQSRecord[],
  { pause, log }: QueueDependencies,
): Promise<void> {
  const [first] = failed;
  if (!first) return;
  const { eventSourceARN: queueArn, attributes } = first;
  const receiptHandles = failed.map(({ receiptHandle }) => receiptHandle);
  try {
    const seconds = retryPause(Number(attributes.ApproximateReceiveCount));
    await pause({ queueArn, receiptHandles }, seconds);
  } catch (error) {
    log.warn("Failed wake-ups wait for their visibility timeout", describeError(error));
  }
}
