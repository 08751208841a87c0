import { ChangeMessageVisibilityBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** Messages that a function was given and failed, from one queue: ten at most. */
export interface FailedMessages {
  readonly queueArn: string;
  readonly receiptHandles: readonly string[];
}

/** As much of the client as is used here. */
export type SqsClient = Pick<SQSClient, "send">;

/** Decides when they are given out again. */
export type PauseMessages = (failed: FailedMessages, seconds: number) => Promise<void>;

/**
 * Has messages come again after a pause, instead of the visibility timeout: that is long enough for a
 * function that may still be at work, and one that has failed is not.
 *
 * @param knownQueueUrl of any queue of the same account and region: their URLs differ in the last part
 */
export function createMessagePauses(client: SqsClient, knownQueueUrl: string): PauseMessages {
  return async ({ queueArn, receiptHandles }, seconds) => {
    const name = queueArn.slice(queueArn.lastIndexOf(":") + 1);
    const { Failed = [] } = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: new URL(name, knownQueueUrl).href,
        Entries: receiptHandles.map((ReceiptHandle, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: seconds,
        })),
      }),
    );
    const [first] = Failed;
    if (first) throw new Error(`${Failed.length} messages were not paused: ${first.Code}`);
  };
}
