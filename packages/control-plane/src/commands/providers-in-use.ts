import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import type { Cluster } from "@berth/domain/cluster";
import { taskSourcesOf } from "@berth/domain/task-source";
import type { CommandContext } from "../context.ts";
import { everyService } from "./cluster-counts.ts";

/**
 * Names of the providers that services of the cluster start tasks by, or that its live tasks are of.
 * Reads all services and ledgers of the cluster, and of tasks those on instances of a group.
 */
export async function providersInUse(
  { store }: CommandContext,
  { name: cluster }: Pick<Cluster, "name">,
): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for await (const service of everyService(store, cluster)) {
    for (const { capacityProviderStrategy = [] } of taskSourcesOf(service)) {
      for (const { capacityProvider } of capacityProviderStrategy) used.add(capacityProvider);
    }
  }
  const grouped = (await store.instances.all(cluster)).filter(({ instance }) =>
    instance.attributes.some(({ name }) => name === AUTO_SCALING_GROUP),
  );
  const taskIds = grouped.flatMap(({ ledger }) => Object.keys(ledger.reservations));
  for (const { capacityProviderName, lastStatus } of await store.tasks.glance(cluster, taskIds)) {
    if (capacityProviderName !== undefined && lastStatus !== "STOPPED") {
      used.add(capacityProviderName);
    }
  }
  return used;
}
