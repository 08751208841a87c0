import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { CapacityProvider } from "@berth/domain/capacity-provider";
import { EcsError } from "@berth/domain/errors";
import { changedSettings, checkClusterOf, givenOrigin } from "./capacity-provider-members.ts";
import type { Command } from "./command.ts";
import { ownProvider } from "./find-capacity-provider.ts";
import { changedManagedInstances } from "./managed-instances-members.ts";
import { presentCapacityProvider } from "./present/capacity-provider.ts";

/**
 * Changes how a provider's group is managed, or what its managed instances are to be; what is left
 * out stays, and the group itself is never another one.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export const updateCapacityProvider: Command<"UpdateCapacityProvider"> = async (
  context,
  request,
) => {
  for (;;) {
    const provider = await ownProvider(context, request.name);
    checkClusterOf(context, provider, request.cluster);
    const updated = {
      ...changedOrigin(provider, request),
      version: provider.version,
      updateStatus: "UPDATE_COMPLETE" as const,
    };
    if ((await context.store.capacityProviders.replace(updated)) === "conflict") continue;
    return {
      capacityProvider: presentCapacityProvider(context.scope, updated, { includeTags: true }),
    };
  }
};

function changedOrigin(
  provider: CapacityProvider,
  request: EcsRequest<"UpdateCapacityProvider">,
): CapacityProvider {
  const { group, managed } = givenOrigin(request);
  if (provider.managedInstances && managed) {
    const { managedInstances, ...others } = provider;
    return { ...others, managedInstances: changedManagedInstances(managedInstances, managed) };
  }
  if (provider.autoScalingGroupProvider && group) {
    const { autoScalingGroupProvider, ...others } = provider;
    const changed = changedSettings(autoScalingGroupProvider, group);
    return { ...others, autoScalingGroupProvider: changed };
  }
  const its = provider.managedInstances ? "managedInstancesProvider" : "autoScalingGroupProvider";
  throw new EcsError(
    "InvalidParameterException",
    `Of ${provider.name} only ${its} can be changed.`,
  );
}
