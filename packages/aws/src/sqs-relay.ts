import { hash, randomUUID } from "node:crypto";
import { SendMessageCommand, type SendMessageCommandInput } from "@aws-sdk/client-sqs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { wakeGroup, wakeQueue } from "@berth/contracts/queue";
import type { WakeMessage, WakeTiming } from "@berth/contracts/queue";
import type { QueueUrls } from "./create-queues.ts";

/** The control plane's `Relay`, which this package must not import. */
export interface WakeRelay {
  wake(message: WakeMessage, timing?: WakeTiming): Promise<void>;
}

export interface SqsRelayOptions {
  readonly client: SQSClient;
  readonly queueUrls: QueueUrls;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Characters of a message group or deduplication id. */
const FIFO_ID_LENGTH = 128;
/** Seconds: the longest delay that SQS knows. */
const MAX_DELAY = 900;

/** Sends each wake-up to the queue of its controller, or to one of the two that wait. */
export function createSqsRelay({ client, queueUrls, now }: SqsRelayOptions): WakeRelay {
  const sendOnce = oncePerSecond(now);
  return {
    async wake(message, timing = { kind: "now" }) {
      const input = sendInput(message, timing, queueUrls, now());
      const send = () => client.send(new SendMessageCommand(input));
      await (timing.kind === "coalesced"
        ? sendOnce(input.MessageDeduplicationId ?? "", send)
        : send());
    },
  };
}

/**
 * Sends what SQS would swallow as a duplicate only once: fifty reports in one second are one
 * request. What failed is sent again by the next who asks.
 */
function oncePerSecond(now: () => number) {
  const sent = new Map<string, Promise<unknown>>();
  let second = 0;
  return async (id: string, send: () => Promise<unknown>): Promise<void> => {
    const current = Math.floor(now() / 1000);
    if (current !== second) sent.clear();
    second = current;
    let sending = sent.get(id);
    if (!sending) {
      sending = send();
      sent.set(id, sending);
      sending.catch(() => sent.delete(id));
    }
    await sending;
  };
}

/**
 * A relay that tells of a wake-up it lost and goes on. For whoever has written before it wakes: the
 * write holds, the sweep finds its due mark, and an error would say otherwise.
 */
export function createForgivingRelay(
  relay: WakeRelay,
  onLost: (message: WakeMessage, error: unknown) => void,
): WakeRelay {
  return {
    async wake(message, timing) {
      try {
        await relay.wake(message, timing);
      } catch (error) {
        onLost(message, error);
      }
    },
  };
}

function sendInput(
  message: WakeMessage,
  timing: WakeTiming,
  queueUrls: QueueUrls,
  now: number,
): SendMessageCommandInput {
  const MessageBody = JSON.stringify(message);
  const group = wakeGroup(message);
  switch (timing.kind) {
    case "now":
      return {
        QueueUrl: queueUrls[wakeQueue(message)],
        MessageBody,
        MessageGroupId: fifoId(group),
        // Unique, because SQS would swallow an equal wake-up for five minutes.
        MessageDeduplicationId: randomUUID(),
      };
    case "coalesced":
      return {
        QueueUrl: queueUrls.coalesced,
        MessageBody,
        MessageGroupId: fifoId(`${message.kind}:${group}`),
        MessageDeduplicationId: fifoId(`${message.kind}:${group}:${Math.floor(now / 1000)}`),
      };
    case "after":
      return {
        QueueUrl: queueUrls.timers,
        MessageBody,
        DelaySeconds: Math.min(MAX_DELAY, Math.max(1, Math.ceil(timing.seconds))),
      };
  }
}

/** A cluster and a service name of 255 characters each do not fit. */
function fifoId(text: string): string {
  return text.length <= FIFO_ID_LENGTH ? text : hash("sha256", text, "hex");
}
