import { z } from "zod";

const count = z.int().min(0);
/** Of CPU units, MiB or bytes. */
const amount = z.number().min(0);
const time = z.iso.datetime();

/** `used` is absent where nothing was heard of it for a minute. */
const reservedAndUsed = z.strictObject({ reserved: amount, used: amount.optional() });
const registeredAndUsed = reservedAndUsed.extend({ registered: amount });
const samples = z.strictObject({ average: amount, maximum: amount });

const traffic = z.strictObject({
  /** Since the container started, as all but the last. */
  bytes: amount,
  packets: amount,
  errors: amount,
  dropped: amount,
  bytesPerSecond: amount,
});

const containerMetrics = z.strictObject({
  name: z.string(),
  cpuUnits: samples,
  memoryMiB: samples,
  /** Absent where it has no network of its own. */
  received: traffic.optional(),
  sent: traffic.optional(),
  /** Bytes since the container started. */
  storage: z.strictObject({ readBytes: amount, writtenBytes: amount }).optional(),
});
export type ContainerMetrics = z.infer<typeof containerMetrics>;

const taskMetrics = z.strictObject({
  taskArn: z.string(),
  containerInstanceArn: z.string(),
  /** As in DescribeTasks: `service:NAME` where it is a service's. */
  group: z.string(),
  lastStatus: z.string(),
  /** When its agent told it; absent where nothing was heard of it for a minute. */
  at: time.optional(),
  cpuUnits: reservedAndUsed,
  memoryMiB: reservedAndUsed,
  containers: z.array(containerMetrics),
});
export type TaskMetrics = z.infer<typeof taskMetrics>;

const instanceMetrics = z.strictObject({
  containerInstanceArn: z.string(),
  status: z.string(),
  agentConnected: z.boolean(),
  runningTasksCount: count,
  pendingTasksCount: count,
  cpuUnits: registeredAndUsed,
  memoryMiB: registeredAndUsed,
});
export type InstanceMetrics = z.infer<typeof instanceMetrics>;

const serviceMetrics = z.strictObject({
  serviceName: z.string(),
  serviceArn: z.string(),
  desiredCount: count,
  runningCount: count,
  pendingCount: count,
  cpuUnits: reservedAndUsed,
  memoryMiB: reservedAndUsed,
});
export type ServiceMetrics = z.infer<typeof serviceMetrics>;

/** What `GET /v1/clusters/{cluster}/metrics` answers. */
export const clusterMetricsAnswer = z.strictObject({
  clusterName: z.string(),
  clusterArn: z.string(),
  at: time,
  containerInstances: z.array(instanceMetrics),
  services: z.array(serviceMetrics),
  /** Where they were asked for. */
  tasks: z.array(taskMetrics).optional(),
});
export type ClusterMetrics = z.infer<typeof clusterMetricsAnswer>;
export type WholeClusterMetrics = Omit<ClusterMetrics, "tasks"> & {
  readonly tasks: TaskMetrics[];
};

/** What `GET /v1/metrics` answers, unless it is Prometheus that asks. */
export const metricsAnswer = z.strictObject({ clusters: z.array(clusterMetricsAnswer) });

/** What `GET /v1/clusters/{cluster}/tasks/{task}/metrics` answers. */
export const taskSeriesAnswer = z.strictObject({
  taskArn: z.string(),
  containerInstanceArn: z.string(),
  /** Of the last hour, in order. */
  points: z.array(z.strictObject({ at: time, containers: z.array(containerMetrics) })),
});
export type TaskSeries = z.infer<typeof taskSeriesAnswer>;

/** The query of `GET /v1/clusters/{cluster}/metrics`. */
export const clusterMetricsQuery = z.object({ include: z.enum(["TASKS"]).optional() });

/** The query of `GET /v1/metrics`: all clusters where none is named. */
export const metricsQuery = clusterMetricsQuery.extend({
  cluster: z.string().optional(),
  format: z.enum(["json", "prometheus"]).optional(),
});
