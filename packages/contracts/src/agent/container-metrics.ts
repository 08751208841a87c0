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
export const containerMetric = z.object({
  containerName: z.string().min(1).max(255),
  /** Percent of the container instance's cpu. */
  cpuStatsSet: statisticSet,
  /** MiB. */
  memoryStatsSet: statisticSet,
  /** Absent where the container shares the network of another or of its host. */
  networkStatsSet: networkStatsSet.optional(),
  storageStatsSet: storageStatsSet.optional(),
});
export type ContainerMetric = z.infer<typeof containerMetric>;

/** In a message of an agent's: one task. */
export interface TaskMetric {
  readonly taskArn: string;
  readonly taskDefinitionFamily: string;
  readonly taskDefinitionVersion: string;
  readonly containerMetrics: readonly ContainerMetric[];
}
