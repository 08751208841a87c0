import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { CapacityProvider } from "@berth/domain/capacity-provider";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import {
  checkProviderName,
  groupOf,
  newGroupProvider,
  refuseManagedInstances,
} from "./capacity-provider-members.ts";
import type { Command } from "./command.ts";
import { everyPage } from "./every-page.ts";
import { presentCapacityProvider } from "./present/capacity-provider.ts";
import { validTags } from "./tags.ts";

/**
 * Makes a provider of the instances of an Auto Scaling group, which has no other. The name of a
 * deleted one is free again.
 *
 * @throws EcsError ClientException, InvalidParameterException, UnsupportedFeatureException
 */
export const createCapacityProvider: Command<"CreateCapacityProvider"> = async (
  context,
  request,
) => {
  const wanted = newProvider(context, request);
  await checkGroupIsFree(context, wanted);
  const { capacityProviders } = context.store;
  for (;;) {
    const existing = await capacityProviders.find(wanted.name);
    if (existing?.status === "ACTIVE") throw alreadyExists();
    const written = existing
      ? capacityProviders.replace({ ...wanted, version: existing.version })
      : capacityProviders.create(wanted);
    if ((await written) === "ok") {
      return {
        capacityProvider: presentCapacityProvider(context.scope, wanted, { includeTags: true }),
      };
    }
  }
};

function newProvider(
  context: CommandContext,
  request: EcsRequest<"CreateCapacityProvider">,
): CapacityProvider {
  const { name = "", autoScalingGroupProvider } = request;
  checkProviderName(name);
  refuseManagedInstances(request);
  if (!autoScalingGroupProvider) {
    throw new EcsError(
      "InvalidParameterException",
      "autoScalingGroupProvider must be given: Berth has capacity providers of no other kind to create.",
    );
  }
  return {
    name,
    status: "ACTIVE",
    autoScalingGroupProvider: newGroupProvider(autoScalingGroupProvider),
    clusters: {},
    tags: validTags(request.tags),
    createdAt: context.now(),
  };
}

/** Two that come at once may both find it free: a cluster then takes only one of them. */
async function checkGroupIsFree(context: CommandContext, wanted: CapacityProvider): Promise<void> {
  const { capacityProviders } = context.store;
  for await (const each of everyPage((page) => capacityProviders.page(page))) {
    if (each.name === wanted.name) throw alreadyExists();
    if (groupOf(each) === groupOf(wanted)) {
      throw new EcsError(
        "ClientException",
        "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.",
      );
    }
  }
}

const alreadyExists = () =>
  new EcsError(
    "ClientException",
    "The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.",
  );
