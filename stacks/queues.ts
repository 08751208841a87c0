import { deadLetterQueueDefinition, queueDefinition, QUEUES } from "../packages/aws/src/queues.ts";
import type { Queue, QueueDefinition } from "../packages/aws/src/queues.ts";
import { FUNCTION_LIMITS } from "../packages/functions/src/function-limits.ts";
import { VISIBILITY_TO_TIMEOUT } from "./defaults.ts";

/** A queue, and where its messages end that nobody could handle. */
export interface WakeQueue {
  readonly queue: sst.aws.Queue;
  readonly deadLetters: sst.aws.Queue;
}

export type WakeQueues = Readonly<Record<Queue, WakeQueue>>;

/** The queues of one machine, made of the same definitions. */
export function queues(): WakeQueues {
  const made = QUEUES.map((queue) => [queue, wakeQueue(queue)] as const);
  return Object.fromEntries(made) as Record<Queue, WakeQueue>;
}

function wakeQueue(name: Queue): WakeQueue {
  const component = name.charAt(0).toUpperCase() + name.slice(1);
  const { attributes: deadLetterAttributes } = deadLetterQueueDefinition(name, $app.name);
  const deadLetters = queueOf(`${component}DeadLetters`, deadLetterAttributes);
  const { VisibilityTimeout: _, ...attributes } = definitionOf(name, "");
  const { timeoutSeconds } = FUNCTION_LIMITS[`${name}-queue`];
  const queue = queueOf(component, attributes, {
    visibilityTimeoutSeconds: timeoutSeconds * VISIBILITY_TO_TIMEOUT,
    redrivePolicy: deadLetters.arn.apply((arn) => definitionOf(name, arn).RedrivePolicy ?? ""),
  });
  return { queue, deadLetters };
}

const definitionOf = (name: Queue, deadLetterQueueArn: string): QueueDefinition["attributes"] =>
  queueDefinition(name, $app.name, deadLetterQueueArn).attributes;

/** SST names the queue: several stages share an account. */
function queueOf(
  component: string,
  attributes: QueueDefinition["attributes"],
  own: Partial<aws.sqs.QueueArgs> = {},
): sst.aws.Queue {
  const args = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => queueArgument(name, value)),
  );
  return new sst.aws.Queue(component, {
    fifo: attributes.FifoQueue === "true",
    transform: { queue: { ...args, sqsManagedSseEnabled: true, ...own } },
  });
}

/** SQS takes strings, the provider what they mean. */
function queueArgument(name: string, value: string): readonly [keyof aws.sqs.QueueArgs, unknown] {
  switch (name) {
    case "FifoQueue":
      return ["fifoQueue", value === "true"];
    case "DeduplicationScope":
      return ["deduplicationScope", value];
    case "FifoThroughputLimit":
      return ["fifoThroughputLimit", value];
    case "DelaySeconds":
      return ["delaySeconds", Number(value)];
    case "MessageRetentionPeriod":
      return ["messageRetentionSeconds", Number(value)];
    case "ReceiveMessageWaitTimeSeconds":
      return ["receiveWaitTimeSeconds", Number(value)];
    case "RedrivePolicy":
      return ["redrivePolicy", value];
    default:
      throw new Error(`No argument of the provider is known for the queue attribute ${name}.`);
  }
}
