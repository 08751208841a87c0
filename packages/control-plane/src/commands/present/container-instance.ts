import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import { containerInstanceArn, type Scope } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import { freeGpuIds, remaining } from "@berth/domain/container-instance";
import type { Capacity } from "@berth/domain/resources";
import type { InstanceHealthCheck } from "@berth/domain/session";
import type { StoredInstance } from "@berth/store/store";
import { dateOf } from "./date-of.ts";
import { presentHealth } from "./instance-health.ts";

export type ContainerInstanceDescription = NonNullable<
  EcsResponse<"DescribeContainerInstances">["containerInstances"]
>[number];
type ResourceDescription = NonNullable<ContainerInstanceDescription["registeredResources"]>[number];

/** Tasks of an instance by their last status. */
export interface TaskCounts {
  readonly running: number;
  readonly pending: number;
}

export type ContainerInstanceField = "TAGS" | "CONTAINER_INSTANCE_HEALTH";

interface ContainerInstanceView {
  readonly counts: TaskCounts;
  readonly include: readonly ContainerInstanceField[];
  readonly capacityProviderName?: string;
  /** As its agent has said; absent where nobody has asked. */
  readonly health?: readonly InstanceHealthCheck[];
}

/** A container instance as the ECS API shows it. Source: ECS API reference, ContainerInstance. */
export function presentContainerInstance(
  scope: Scope,
  { instance, ledger }: StoredInstance,
  { counts, include, capacityProviderName, health }: ContainerInstanceView,
): ContainerInstanceDescription {
  return {
    containerInstanceArn: containerInstanceArn(scope, instance.cluster, instance.id),
    ...(instance.ec2InstanceId !== undefined && { ec2InstanceId: instance.ec2InstanceId }),
    ...defined({ capacityProviderName }),
    version: ledger.version,
    versionInfo: { ...instance.versionInfo },
    registeredResources: presentResources(instance.registered, instance.gpuIds),
    remainingResources: presentResources(
      remaining(instance.registered, ledger),
      instance.gpuIds && freeGpuIds(instance.gpuIds, ledger),
    ),
    status: ledger.status,
    agentConnected: ledger.agentConnected,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    attributes: instance.attributes.map((attribute) => ({ ...attribute })),
    registeredAt: dateOf(instance.registeredAt),
    attachments: [],
    tags: include.includes("TAGS") ? [...instance.tags] : [],
    ...(include.includes("CONTAINER_INSTANCE_HEALTH") && { healthStatus: presentHealth(health) }),
  };
}

/** PORTS and PORTS_UDP list what is taken, among the remaining resources too. */
const presentResources = (
  capacity: Capacity,
  gpuIds: readonly string[] | undefined,
): ResourceDescription[] => [
  amount("CPU", capacity.cpuUnits),
  amount("MEMORY", capacity.memoryMiB),
  stringSet("PORTS", capacity.usedTcpPorts.map(String)),
  stringSet("PORTS_UDP", capacity.usedUdpPorts.map(String)),
  ...(gpuIds ? [stringSet("GPU", gpuIds)] : []),
  ...Object.entries(capacity.countable ?? {})
    .filter(([name]) => name !== "GPU")
    .map(([name, units]) => amount(name, units)),
];

const amount = (name: string, integerValue: number): ResourceDescription => ({
  name,
  type: "INTEGER",
  doubleValue: 0,
  longValue: 0,
  integerValue,
});

const stringSet = (name: string, values: readonly string[]): ResourceDescription => ({
  name,
  type: "STRINGSET",
  doubleValue: 0,
  longValue: 0,
  integerValue: 0,
  stringSetValue: [...values],
});
