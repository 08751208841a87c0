import type { Cluster } from "@berth/domain/cluster";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { countCluster } from "./cluster-counts.ts";
import { associate, dissociate, managedProviders, providerNames } from "./cluster-providers.ts";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { presentCluster } from "./present/cluster.ts";
import { validDefaultStrategy } from "./provider-strategy.ts";
import { providersInUse } from "./providers-in-use.ts";

/**
 * Says which providers a cluster has, and by which of them it launches what names none. What is left
 * out it has no more, and that must be nobody's: neither a service's nor a live task's. Services keep
 * the strategy that they were created with.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ResourceInUseException
 */
export const putClusterCapacityProviders: Command<"PutClusterCapacityProviders"> = async (
  context,
  request,
) => {
  const names = providerNames(context, request.capacityProviders ?? []);
  for (;;) {
    const cluster = await activeCluster(context, request.cluster);
    const kept = [...names, ...managedProviders(cluster)];
    const defaultCapacityProviderStrategy = validDefaultStrategy(
      request.defaultCapacityProviderStrategy ?? [],
      { ...cluster, capacityProviders: kept },
    );
    const removed = cluster.capacityProviders.filter((name) => !kept.includes(name));
    await checkUnused(context, cluster, removed);
    const { autoScalingGroups: _, ...others } = cluster;
    const updated = {
      ...others,
      ...(await associate(context, cluster, names)),
      defaultCapacityProviderStrategy,
    };
    if ((await context.store.clusters.replace(updated)) === "conflict") continue;
    await dissociate(context, cluster.name, removed);
    const counts = await countCluster(context.store, cluster.name);
    return {
      cluster: presentCluster(context.scope, updated, { counts, include: ["SETTINGS", "TAGS"] }),
    };
  }
};

async function checkUnused(
  context: CommandContext,
  cluster: Cluster,
  removed: readonly string[],
): Promise<void> {
  if (removed.length === 0) return;
  const used = await providersInUse(context, cluster);
  if (!removed.some((name) => used.has(name))) return;
  throw new EcsError(
    "ResourceInUseException",
    "The specified capacity provider is in use and cannot be removed.",
  );
}
