/** The queues that wake Berth's controllers, by what reads them. */
export const QUEUES = ["service", "placement", "dispatch", "coalesced", "timers"] as const;

export type Queue = (typeof QUEUES)[number];

/** What SQS is asked for when the queue is made. */
export interface QueueDefinition {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * After so many vain attempts a message goes to the dead-letter queue, where an alarm sees it: four
 * minutes of failing, or as many visibility timeouts where the function dies each time. Both must be
 * less than the retention, or the message would be gone before.
 */
const MAX_RECEIVE_COUNT = 10;

const LONGEST_RETRY_PAUSE = 60;

/** Seconds until a message is tried again that has failed for the so-manieth time. */
export const retryPause = (receiveCount: number): number =>
  Math.min(LONGEST_RETRY_PAUSE, 2 ** Math.max(0, receiveCount - 1));

/**
 * Seconds. As long as a function may run and no longer: a group waits so long when the process that
 * holds its message dies.
 */
const VISIBILITY_TIMEOUT = "30";

/** Seconds. An older wake-up is worth nothing: the sweep has sent another one. */
const RETENTION = "3600";
const DEAD_LETTER_RETENTION = "1209600";

/** Seconds. Long polling, for pollers that are not Lambda's own. */
const WAIT_TIME = "20";

/** Groups do not wait for each other, and equal deduplication ids of two groups do not meet. */
const FIFO: QueueDefinition["attributes"] = {
  FifoQueue: "true",
  DeduplicationScope: "messageGroup",
  FifoThroughputLimit: "perMessageGroupId",
};

/** What sets a queue apart. A delay is the queue's on FIFO queues, which know no other. */
const OWN_ATTRIBUTES: Readonly<Record<Queue, QueueDefinition["attributes"]>> = {
  service: FIFO,
  placement: FIFO,
  dispatch: FIFO,
  coalesced: { ...FIFO, DelaySeconds: "1" },
  timers: {},
};

/** @param prefix tells the queues of several Berths in one account apart */
export function queueDefinition(
  queue: Queue,
  prefix: string,
  deadLetterQueueArn: string,
): QueueDefinition {
  return {
    name: queueName(queue, prefix),
    attributes: {
      ...OWN_ATTRIBUTES[queue],
      VisibilityTimeout: VISIBILITY_TIMEOUT,
      MessageRetentionPeriod: RETENTION,
      ReceiveMessageWaitTimeSeconds: WAIT_TIME,
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: deadLetterQueueArn,
        maxReceiveCount: MAX_RECEIVE_COUNT,
      }),
    },
  };
}

/** Where the messages of a queue end that nobody could handle. SQS wants it FIFO where the queue is. */
export function deadLetterQueueDefinition(queue: Queue, prefix: string): QueueDefinition {
  const attributes = { ...OWN_ATTRIBUTES[queue], MessageRetentionPeriod: DEAD_LETTER_RETENTION };
  return {
    name: queueName(queue, prefix, "-dead-letters"),
    attributes: { ...attributes, DelaySeconds: "0" },
  };
}

function queueName(queue: Queue, prefix: string, suffix = ""): string {
  const isFifo = OWN_ATTRIBUTES[queue].FifoQueue === "true";
  return `${prefix}-${queue}${suffix}${isFifo ? ".fifo" : ""}`;
}
