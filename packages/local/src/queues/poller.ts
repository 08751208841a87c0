import { setTimeout as delay } from "node:timers/promises";
import {
  DeleteMessageBatchCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { toSqsEvent } from "./sqs-event.ts";

export interface PollerOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly region: string;
  readonly handler: (event: SQSEvent) => Promise<SQSBatchResponse>;
  /** Called when the queue is not there: an embedded SQS that was restarted has forgotten it. */
  readonly createQueue: () => Promise<unknown>;
  /** Batches in work at the same time. FIFO order holds regardless: SQS locks a group in flight. */
  readonly maxConcurrency: number;
  readonly log: (message: string, error: unknown) => void;
}

const RETRY_DELAY_MS = 100;

/**
 * Does what Lambda's event source mapping does on AWS: receives by long polling, invokes the
 * handler with batches, deletes what succeeded. What failed comes again after the queue's
 * visibility timeout.
 */
export function startPoller(options: PollerOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const inWork = new Set<Promise<void>>();
  const loop = poll();
  return {
    /** Receives nothing more and waits for the batches in work. */
    stop: async () => {
      stopping.abort();
      await loop;
      await Promise.all(inWork);
    },
  };

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (inWork.size >= options.maxConcurrency) await Promise.race(inWork);
      const messages = await receive(options, stopping.signal);
      if (messages.length > 0) track(processBatch(options, messages));
    }
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => inWork.delete(tracked));
    inWork.add(tracked);
  }
}

/** One long poll. Never throws: an SQS that is away is asked again after a moment. */
async function receive(options: PollerOptions, signal: AbortSignal): Promise<readonly Message[]> {
  try {
    const received = await options.client.send(
      new ReceiveMessageCommand({
        QueueUrl: options.queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 20,
        MessageSystemAttributeNames: ["All"],
      }),
      { abortSignal: signal },
    );
    return received.Messages ?? [];
  } catch (error) {
    if (!signal.aborted) await recover(options, error, signal);
    return [];
  }
}

async function recover(options: PollerOptions, error: unknown, signal: AbortSignal) {
  try {
    if (isMissingQueue(error)) await options.createQueue();
    else options.log(`Receiving from ${options.queueUrl} failed`, error);
  } catch (creationError) {
    options.log(`Creating ${options.queueUrl} failed`, creationError);
  }
  await delay(RETRY_DELAY_MS, undefined, { signal }).catch(() => undefined);
}

function isMissingQueue(error: unknown): boolean {
  return error instanceof Error && error.name === QueueDoesNotExist.name;
}

async function processBatch(options: PollerOptions, messages: readonly Message[]): Promise<void> {
  try {
    const { batchItemFailures } = await options.handler(toSqsEvent(messages, options));
    const failed = new Set(batchItemFailures.map((each) => each.itemIdentifier));
    await deleteMessages(
      options,
      messages.filter((message) => !failed.has(message.MessageId ?? "")),
    );
  } catch (error) {
    options.log(`A batch from ${options.queueUrl} failed`, error);
  }
}

async function deleteMessages(options: PollerOptions, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  await options.client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: options.queueUrl,
      Entries: messages.map((message, index) => ({
        Id: String(index),
        ReceiptHandle: message.ReceiptHandle,
      })),
    }),
  );
}
