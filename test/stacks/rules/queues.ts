import { QUEUES, retryPause } from "@berth/aws/queues";
import type { Queue } from "@berth/aws/queues";
import { componentName } from "../deployment.ts";
import type { Deployment } from "../deployment.ts";
import { arnOf } from "../synth/mocks.ts";

const queueArn = (name: string): string => arnOf("aws:sqs/queue:Queue", `${name}Queue`);

interface QueueInputs {
  readonly fifoQueue: boolean;
  readonly deduplicationScope?: string;
  readonly fifoThroughputLimit?: string;
  readonly redrivePolicy?: string;
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
}

const queueOf = (deployment: Deployment, name: string): QueueInputs =>
  deployment.one("sqs/queue:Queue", `${name}Queue`) as unknown as QueueInputs;

interface MappingInputs {
  readonly batchSize: number;
  readonly maximumBatchingWindowInSeconds?: number;
  readonly functionResponseTypes?: readonly string[];
  readonly scalingConfig?: { readonly maximumConcurrency?: number };
}

/** Nothing is lost quietly, groups do not wait for each other, no batch is seen twice at once. */
export function queueFaults(deployment: Deployment): readonly string[] {
  return QUEUES.flatMap((queue) => {
    const name = componentName(queue);
    return [...fifoFaults(deployment, name), ...redriveFaults(deployment, name)].concat(
      visibilityFaults(deployment, queue),
    );
  });
}

function fifoFaults(deployment: Deployment, name: string): readonly string[] {
  const queue = queueOf(deployment, name);
  const byGroup =
    queue.deduplicationScope === "messageGroup" &&
    queue.fifoThroughputLimit === "perMessageGroupId";
  return queue.fifoQueue && !byGroup ? [`${name}: its groups share one throughput`] : [];
}

const FOURTEEN_DAYS = 14 * 24 * 3600;

function redriveFaults(deployment: Deployment, name: string): readonly string[] {
  const queue = queueOf(deployment, name);
  const deadLetters = queueOf(deployment, `${name}DeadLetters`);
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(queue.redrivePolicy ?? "{}") as {
    readonly deadLetterTargetArn?: string;
    readonly maxReceiveCount?: number;
  };
  return [
    ...(deadLetterTargetArn === queueArn(`${name}DeadLetters`) ? [] : [`${name}: no dead letters`]),
    ...attemptFaults(queue, maxReceiveCount).map((fault) => `${name}: ${fault}`),
    ...(deadLetters.fifoQueue === queue.fifoQueue ? [] : [`${name}: dead letters of another kind`]),
    ...(deadLetters.messageRetentionSeconds === FOURTEEN_DAYS
      ? []
      : [`${name}: dead letters for ${deadLetters.messageRetentionSeconds} s`]),
  ];
}

/** A passing fault is outlived; a lasting one is seen before SQS itself throws the message away. */
const OUTLIVED_SECONDS = 120;

function attemptFaults(queue: QueueInputs, maxReceiveCount = 0): readonly string[] {
  const pauses = Array.from({ length: Math.max(0, maxReceiveCount - 1) }, (_, index) =>
    retryPause(index + 1),
  );
  const failingSeconds = pauses.reduce((sum, pause) => sum + pause, 0);
  const dyingSeconds = maxReceiveCount * queue.visibilityTimeoutSeconds;
  return [
    ...(failingSeconds >= OUTLIVED_SECONDS ? [] : [`gives up after ${failingSeconds} s`]),
    ...(dyingSeconds < queue.messageRetentionSeconds
      ? []
      : [`is tried for ${dyingSeconds} s and kept for ${queue.messageRetentionSeconds}`]),
  ];
}

function visibilityFaults(deployment: Deployment, queue: Queue): readonly string[] {
  const name = componentName(queue);
  const { timeout } = deployment.one("lambda/function:Function", `${name}QueueFunction`);
  const { visibilityTimeoutSeconds } = queueOf(deployment, name);
  return visibilityTimeoutSeconds >= 6 * Number(timeout)
    ? []
    : [`${name}: hidden for ${visibilityTimeoutSeconds} s, handled within ${String(timeout)} s`];
}

/** Each queue has one consumer, that says which messages of a batch failed. */
export function consumerFaults(deployment: Deployment): readonly string[] {
  return QUEUES.flatMap((queue) =>
    consumerFaultsOf(deployment, queue).map((fault) => `${queue}: ${fault}`),
  );
}

function consumerFaultsOf(deployment: Deployment, queue: Queue): readonly string[] {
  const source = queueArn(componentName(queue));
  const consumer = arnOf("aws:lambda/function:Function", `${componentName(queue)}QueueFunction`);
  const [mapping, ...others] = deployment
    .all("lambda/eventSourceMapping:EventSourceMapping")
    .filter(({ inputs }) => inputs.eventSourceArn === source);
  if (!mapping) return ["no consumer"];
  return [
    ...(others.length === 0 ? [] : ["more than one consumer"]),
    ...(mapping.inputs.functionName === consumer ? [] : ["read by another function"]),
    ...mappingFaults(mapping.inputs as unknown as MappingInputs),
  ];
}

function mappingFaults({
  batchSize,
  maximumBatchingWindowInSeconds = 0,
  functionResponseTypes = [],
  scalingConfig = {},
}: MappingInputs): readonly string[] {
  const { maximumConcurrency = 0 } = scalingConfig;
  return [
    ...(batchSize <= 10 ? [] : [`${batchSize} messages at once`]),
    ...(maximumBatchingWindowInSeconds === 0 ? [] : ["waits for more messages"]),
    ...(functionResponseTypes.includes("ReportBatchItemFailures")
      ? []
      : ["one failure fails the batch"]),
    ...(maximumConcurrency >= 2 ? [] : [`maximum concurrency ${maximumConcurrency}`]),
  ];
}
