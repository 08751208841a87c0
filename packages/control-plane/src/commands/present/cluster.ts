import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import { clusterArn, type Scope } from "@berth/domain/arn";
import type { Cluster } from "@berth/domain/cluster";
import { sumOf, type ClusterCounts } from "../cluster-counts.ts";

export type ClusterDescription = NonNullable<EcsResponse<"DescribeClusters">["clusters"]>[number];

/** What DescribeClusters can be asked to add; without it these members are empty or absent. */
export type ClusterField = "ATTACHMENTS" | "CONFIGURATIONS" | "SETTINGS" | "STATISTICS" | "TAGS";

interface ClusterView {
  readonly counts: ClusterCounts;
  readonly include: readonly ClusterField[];
}

/** A cluster as the ECS API shows it. Source: ECS API reference, Cluster. */
export function presentCluster(
  scope: Scope,
  cluster: Cluster,
  { counts, include }: ClusterView,
): ClusterDescription {
  return {
    clusterArn: clusterArn(scope, cluster.name),
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: counts.registeredContainerInstances,
    runningTasksCount: sumOf(counts.runningTasks),
    pendingTasksCount: sumOf(counts.pendingTasks),
    activeServicesCount: sumOf(counts.activeServices),
    statistics: include.includes("STATISTICS") ? statistics(counts) : [],
    tags: include.includes("TAGS") ? [...cluster.tags] : [],
    settings: include.includes("SETTINGS") ? presentSettings(cluster) : [],
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy.map((item) => ({
      ...item,
    })),
    ...(include.includes("ATTACHMENTS") && { attachments: [] }),
    ...(include.includes("CONFIGURATIONS") &&
      cluster.configuration && { configuration: cluster.configuration }),
    ...(cluster.serviceConnectDefaults && {
      serviceConnectDefaults: cluster.serviceConnectDefaults,
    }),
  };
}

const presentSettings = ({ settings }: Cluster) =>
  settings.map(({ name, value }) => ({ name: name as "containerInsights", value }));

/** The sixteen counts of `include: STATISTICS`; ECS prints the numbers as text. */
function statistics(counts: ClusterCounts): { name: string; value: string }[] {
  const figures: Readonly<Record<string, number>> = {
    runningEC2TasksCount: counts.runningTasks.EC2,
    runningFargateTasksCount: counts.runningTasks.FARGATE,
    pendingEC2TasksCount: counts.pendingTasks.EC2,
    pendingFargateTasksCount: counts.pendingTasks.FARGATE,
    runningExternalTasksCount: counts.runningTasks.EXTERNAL,
    pendingExternalTasksCount: counts.pendingTasks.EXTERNAL,
    runningManagedInstancesTasksCount: 0,
    pendingManagedInstancesTasksCount: 0,
    activeEC2ServiceCount: counts.activeServices.EC2,
    activeFargateServiceCount: counts.activeServices.FARGATE,
    drainingEC2ServiceCount: counts.drainingServices.EC2,
    drainingFargateServiceCount: counts.drainingServices.FARGATE,
    activeExternalServiceCount: counts.activeServices.EXTERNAL,
    drainingExternalServiceCount: counts.drainingServices.EXTERNAL,
    activeManagedInstancesServiceCount: 0,
    drainingManagedInstancesServiceCount: 0,
  };
  return Object.entries(figures).map(([name, count]) => ({ name, value: String(count) }));
}
