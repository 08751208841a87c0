import { EcsError } from "@berth/domain/errors";
import { changedSettings, refuseManagedInstances } from "./capacity-provider-members.ts";
import type { Command } from "./command.ts";
import { ownProvider } from "./find-capacity-provider.ts";
import { presentCapacityProvider } from "./present/capacity-provider.ts";

/**
 * Changes how a provider's group is managed; what is left out stays, and the group itself is never
 * another one.
 *
 * @throws EcsError ClientException, InvalidParameterException, UnsupportedFeatureException
 */
export const updateCapacityProvider: Command<"UpdateCapacityProvider"> = async (
  context,
  request,
) => {
  refuseManagedInstances(request);
  const { autoScalingGroupProvider: given } = request;
  if (!given) {
    throw new EcsError("InvalidParameterException", "autoScalingGroupProvider must be given.");
  }
  for (;;) {
    const provider = await ownProvider(context, request.name);
    const updated = {
      ...provider,
      updateStatus: "UPDATE_COMPLETE" as const,
      autoScalingGroupProvider: changedSettings(provider.autoScalingGroupProvider, given),
    };
    if ((await context.store.capacityProviders.replace(updated)) === "conflict") continue;
    return {
      capacityProvider: presentCapacityProvider(context.scope, updated, { includeTags: true }),
    };
  }
};
