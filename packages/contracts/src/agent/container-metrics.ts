import { z } from "zod";

const figure = z.number().nonnegative();

/** What was sampled since the last message. */
const statisticSet = z.object({
  min: figure,
  max: figure,
  sum: figure,
  sampleCount: z.int().min(1),
});
export type StatisticSet = Readonly<z.infer<typeof statisticSet>>;

/** Samples of what the engine has counted since the container started. */
const counterSet = statisticSet;

const networkStatsSet = z.object({
  rxBytes: counterSet,
  rxPackets: counterSet,
  rxErrors: counterSet,
  rxDropped: counterSet,
  txBytes: counterSet,
  txPackets: counterSet,
  txErrors: counterSet,
  txDropped: counterSet,
  rxBytesPerSecond: statisticSet.optional(),
  txBytesPerSecond: statisticSet.optional(),
});

const storageStatsSet = z.object({ readSizeBytes: counterSet, writeSizeBytes: counterSet });

/** In a message of an agent's: one container of a task. */
const containerMetric = z.object({
  containerName: z.string().min(1).max(255),
  /** Percent of the container instance's cpu. */
  cpuStatsSet: statisticSet,
  /** MiB. */
  memoryStatsSet: statisticSet,
  /** Absent where the container shares the network of another or of its host. */
  networkStatsSet: networkStatsSet.optional().catch(undefined),
  storageStatsSet: storageStatsSet.optional().catch(undefined),
  /** Absent where the container is not started again. */
  restartStatsSet: z
    .object({ restartCount: z.int().min(0) })
    .optional()
    .catch(undefined),
});
export type ContainerMetric = z.infer<typeof containerMetric>;

/** In a message of an agent's: one task. */
export interface TaskMetric {
  readonly taskArn: string;
  readonly taskDefinitionFamily: string;
  readonly taskDefinitionVersion: string;
  readonly containerMetrics: readonly ContainerMetric[];
}

/** A round of telemetry is cut into messages of so many tasks at most. */
const MAX_TASKS = 10;

const publishedMetrics = z.object({
  metadata: z.object({ messageId: z.string().min(1).max(255) }),
  taskMetrics: z.array(z.unknown()).max(MAX_TASKS).nullish(),
  /** Epoch seconds. */
  timestamp: z.number(),
});

const taskMetric = z.object({
  taskArn: z.string(),
  containerMetrics: z.array(z.unknown()).nullish(),
});

export interface PublishedMetrics {
  readonly messageId: string;
  /** Epoch ms, by the agent's clock. */
  readonly at: number;
  readonly tasks: readonly {
    readonly taskArn: string;
    readonly containers: readonly ContainerMetric[];
  }[];
}

/**
 * What a PublishMetricsRequest says, as far as it can be used: a task or container whose figures are
 * none costs no other one its own. Undefined where the message as a whole is none.
 */
export function readPublishedMetrics(message: unknown): PublishedMetrics | undefined {
  const outcome = publishedMetrics.safeParse(message);
  if (!outcome.success) return undefined;
  const { metadata, taskMetrics, timestamp } = outcome.data;
  const tasks = readable(taskMetric, taskMetrics).map(({ taskArn, containerMetrics }) => ({
    taskArn,
    containers: readable(containerMetric, containerMetrics),
  }));
  return { messageId: metadata.messageId, at: Math.round(timestamp * 1_000), tasks };
}

const readable = <T>(schema: z.ZodType<T>, values: readonly unknown[] | null | undefined): T[] =>
  (values ?? []).flatMap((value) => {
    const outcome = schema.safeParse(value);
    return outcome.success ? [outcome.data] : [];
  });
