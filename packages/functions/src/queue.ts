import type { WakeMessage } from "@berth/contracts/queue";
import { parseWakeMessage } from "@berth/contracts/wake-message";
import type { Metrics } from "@berth/control-plane/context";
import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { describeError } from "./log.ts";
import type { Log } from "./log.ts";

export type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

export interface QueueDependencies {
  readonly handle: (message: WakeMessage) => Promise<void>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * Handles the messages of a batch: groups side by side, each group in order. What failed, and what
 * stands behind it in its group, goes back to the queue.
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
  { handle, metrics, log }: QueueDependencies,
): Promise<readonly SQSBatchItemFailure[]> {
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
      return records.slice(index).map((record) => ({ itemIdentifier: record.messageId }));
    }
  }
  return [];
}
