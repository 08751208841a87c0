import {
  type ContainerMetric,
  type PublishedMetrics,
  readPublishedMetrics,
  type StatisticSet,
} from "@berth/contracts/agent/container-metrics";
import { parseArn } from "@berth/domain/arn";
import {
  type ContainerUsage,
  type Samples,
  type Traffic,
  USAGE_KEPT_MS,
} from "@berth/domain/container-usage";
import type { AgentConnection } from "@berth/domain/session";
import type { ControlPlane } from "../context.ts";
import type { AgentFrame } from "./telemetry.ts";

/**
 * Keeps what an agent tells of its containers, in one write and without reading. Whether the tasks
 * are the instance's is looked at by those who read: an agent writes among what is its own only.
 */
export async function recordUsage(
  controlPlane: ControlPlane,
  { cluster, containerInstanceId }: AgentConnection,
  frame: AgentFrame,
): Promise<void> {
  const metrics = readPublishedMetrics(frame.message);
  if (!metrics) return;
  const containers = usageOf(metrics, cluster);
  const now = controlPlane.now();
  // What was held back while the agent was away is told late; nothing is told before it happens.
  const at = Math.min(metrics.at, now);
  if (containers.length === 0 || at <= now - USAGE_KEPT_MS) return;
  const report = { cluster, containerInstanceId, at, containers };
  await controlPlane.store.usage.put(report, metrics.messageId);
}

const usageOf = ({ tasks }: PublishedMetrics, cluster: string): readonly ContainerUsage[] =>
  tasks.flatMap(({ taskArn, containers }) => {
    const taskId = taskIdIn(cluster, taskArn);
    return taskId === undefined ? [] : containers.map((each) => containerUsage(taskId, each));
  });

const TASK_ID = /^[0-9a-f]{32}$/;

function taskIdIn(cluster: string, taskArn: string): string | undefined {
  const path = parseArn(taskArn)?.path ?? [];
  const [inCluster, id = ""] = path;
  return inCluster === cluster && TASK_ID.test(id) ? id : undefined;
}

function containerUsage(taskId: string, metric: ContainerMetric): ContainerUsage {
  const { containerName, cpuStatsSet, memoryStatsSet, networkStatsSet, storageStatsSet } = metric;
  return {
    taskId,
    container: containerName,
    cpuPercent: samplesOf(cpuStatsSet),
    memoryMiB: samplesOf(memoryStatsSet),
    ...(networkStatsSet && {
      received: trafficOf(networkStatsSet, "rx"),
      sent: trafficOf(networkStatsSet, "tx"),
    }),
    ...(storageStatsSet && {
      storage: {
        readBytes: storageStatsSet.readSizeBytes.max,
        writtenBytes: storageStatsSet.writeSizeBytes.max,
      },
    }),
  };
}

const samplesOf = ({ sum, sampleCount, max }: StatisticSet): Samples => ({
  average: sum / sampleCount,
  maximum: max,
});

/** Of a counter's samples the highest is the latest. */
function trafficOf(
  network: NonNullable<ContainerMetric["networkStatsSet"]>,
  direction: "rx" | "tx",
): Traffic {
  const pace = network[`${direction}BytesPerSecond`];
  return {
    bytes: network[`${direction}Bytes`].max,
    packets: network[`${direction}Packets`].max,
    errors: network[`${direction}Errors`].max,
    dropped: network[`${direction}Dropped`].max,
    bytesPerSecond: pace ? samplesOf(pace).average : 0,
  };
}
