import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import type { Cluster } from "@berth/domain/cluster";
import { defined } from "@berth/domain/defined";
import type { InstanceHealthCheck } from "@berth/domain/session";
import type { StoredInstance } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import {
  presentContainerInstance,
  type ContainerInstanceDescription,
  type ContainerInstanceField,
  type TaskCounts,
} from "./present/container-instance.ts";

/** Instances as the ECS API shows them, with the tasks on their ledgers counted. */
export async function describeInstances(
  context: CommandContext,
  cluster: DescribedCluster,
  instances: readonly StoredInstance[],
  include: readonly ContainerInstanceField[] = [],
): Promise<ContainerInstanceDescription[]> {
  const taskIds = instances.flatMap(({ ledger }) => Object.keys(ledger.reservations));
  const tasks = await context.store.tasks.findMany(cluster.name, taskIds);
  const statuses = new Map(tasks.map(({ id, lastStatus }) => [id, lastStatus]));
  const health = include.includes("CONTAINER_INSTANCE_HEALTH")
    ? await healthOf(context, cluster.name, instances)
    : new Map<string, never>();
  return instances.map((stored) =>
    presentContainerInstance(context.scope, stored, {
      counts: countTasks(Object.keys(stored.ledger.reservations), statuses),
      include,
      ...defined({ health: health.get(stored.ledger.id) }),
      ...providerNameOf(cluster, stored),
    }),
  );
}

/** What the agents that are connected have said of their instances. */
async function healthOf(
  context: CommandContext,
  cluster: string,
  instances: readonly StoredInstance[],
): Promise<ReadonlyMap<string, readonly InstanceHealthCheck[]>> {
  const ids = instances.map(({ ledger }) => ledger.id);
  const sessions = await context.store.sessions.findMany(cluster, ids);
  return new Map(
    sessions.flatMap(({ containerInstanceId, health }) =>
      health ? [[containerInstanceId, health] as const] : [],
    ),
  );
}

type DescribedCluster = Pick<Cluster, "name" | "autoScalingGroups">;

/** The provider, of those that the cluster has, from whose group the instance came. */
function providerNameOf(
  { autoScalingGroups = {} }: DescribedCluster,
  { instance: { attributes } }: StoredInstance,
): { readonly capacityProviderName?: string } {
  const group = attributes.find(({ name }) => name === AUTO_SCALING_GROUP)?.value;
  const [found] = Object.entries(autoScalingGroups).find(([, each]) => each === group) ?? [];
  return found === undefined ? {} : { capacityProviderName: found };
}

function countTasks(taskIds: readonly string[], statuses: ReadonlyMap<string, string>): TaskCounts {
  const count = (status: string) => taskIds.filter((id) => statuses.get(id) === status).length;
  return { running: count("RUNNING"), pending: count("PENDING") };
}
