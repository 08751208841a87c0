import { EcsError } from "@berth/domain/errors";
import { refuseManagedInstances } from "./capacity-provider-members.ts";
import { clustersWith } from "./cluster-providers.ts";
import type { Command } from "./command.ts";
import { ownProvider } from "./find-capacity-provider.ts";
import { presentCapacityProvider } from "./present/capacity-provider.ts";

/**
 * Makes a provider INACTIVE that no cluster has, and so no service and no task. It stays describable
 * for a while. The answer tells of the deletion as under way, as ECS's does.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export const deleteCapacityProvider: Command<"DeleteCapacityProvider"> = async (
  context,
  request,
) => {
  refuseManagedInstances(request);
  for (;;) {
    const provider = await ownProvider(context, request.capacityProvider);
    const clusters = await clustersWith(context, provider);
    if (clusters.length > 0) throw inUse(clusters);
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

const inUse = (clusters: readonly string[]) =>
  new EcsError(
    "ClientException",
    `The specified capacity provider is in use and cannot be removed. It is associated with the clusters: ${clusters.join(", ")}.`,
  );
