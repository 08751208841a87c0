import { EcsError } from "@berth/domain/errors";
import type { CapacityProvider, ManagedInstances } from "@berth/domain/capacity-provider";
import type { CommandContext } from "../context.ts";
import { checkClusterOf } from "./capacity-provider-members.ts";
import { clustersWith, takeFromCluster } from "./cluster-providers.ts";
import type { Command } from "./command.ts";
import { ownProvider } from "./find-capacity-provider.ts";
import { presentCapacityProvider } from "./present/capacity-provider.ts";
import { providersInUse } from "./providers-in-use.ts";

/**
 * Makes a provider INACTIVE that no cluster has, and so no service and no task; one of managed
 * instances has its cluster to the end. It stays describable for a while. The answer tells of the deletion as under way, as ECS's does.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export const deleteCapacityProvider: Command<"DeleteCapacityProvider"> = async (
  context,
  request,
) => {
  for (;;) {
    const provider = await ownProvider(context, request.capacityProvider);
    const { managedInstances } = provider;
    checkClusterOf(context, provider, request.cluster);
    if (managedInstances) await withdraw(context, provider, managedInstances);
    else await checkFree(context, provider);
    const deleted = {
      ...provider,
      status: "INACTIVE" as const,
      updateStatus: "DELETE_COMPLETE" as const,
      clusters: {},
      inactiveAt: context.now(),
    };
    if ((await context.store.capacityProviders.replace(deleted)) === "conflict") continue;
    const description = presentCapacityProvider(context.scope, provider, { includeTags: true });
    return { capacityProvider: { ...description, updateStatus: "DELETE_IN_PROGRESS" } };
  }
};

async function checkFree(context: CommandContext, provider: CapacityProvider): Promise<void> {
  const clusters = await clustersWith(context, provider);
  if (clusters.length > 0) throw inUse(clusters);
}

/** Once its cluster has it no more, nobody begins anything by it. */
async function withdraw(
  context: CommandContext,
  provider: CapacityProvider,
  managed: ManagedInstances,
): Promise<void> {
  const cluster = await context.store.clusters.find(managed.cluster);
  const isDefault = cluster?.defaultCapacityProviderStrategy.some(
    ({ capacityProvider }) => capacityProvider === provider.name,
  );
  const isUsed =
    isDefault || (await providersInUse(context, { name: managed.cluster })).has(provider.name);
  if (isUsed) throw inUse([managed.cluster]);
  await takeFromCluster(context, provider, managed);
}

const inUse = (clusters: readonly string[]) =>
  new EcsError(
    "ClientException",
    `The specified capacity provider is in use and cannot be removed. It is associated with the clusters: ${clusters.join(", ")}.`,
  );
