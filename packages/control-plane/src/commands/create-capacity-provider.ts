import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { type CapacityProvider, groupOf } from "@berth/domain/capacity-provider";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import {
  checkProviderName,
  clusterOfGroup,
  givenOrigin,
  newGroupProvider,
} from "./capacity-provider-members.ts";
import { checkRoom, giveToCluster } from "./cluster-providers.ts";
import type { Command } from "./command.ts";
import { everyPage } from "./every-page.ts";
import { activeCluster } from "./find-cluster.ts";
import { newManagedInstances } from "./managed-instances-members.ts";
import { presentCapacityProvider } from "./present/capacity-provider.ts";
import { validTags } from "./tags.ts";

/**
 * Makes a provider: of the instances of an Auto Scaling group, which has no other, or of managed
 * instances, which its cluster has from then on. The name of a deleted one is free again.
 *
 * @throws EcsError ClientException, ClusterNotFoundException, InvalidParameterException
 */
export const createCapacityProvider: Command<"CreateCapacityProvider"> = async (
  context,
  request,
) => {
  const wanted = await newProvider(context, request);
  await checkGroupIsFree(context, wanted);
  const { capacityProviders } = context.store;
  for (;;) {
    const existing = await capacityProviders.find(wanted.name);
    if (existing?.status === "ACTIVE") throw alreadyExists();
    const written = existing
      ? capacityProviders.replace({ ...wanted, version: existing.version })
      : capacityProviders.create(wanted);
    if ((await written) === "ok") {
      if (wanted.managedInstances) await giveToCluster(context, wanted, wanted.managedInstances);
      return {
        capacityProvider: presentCapacityProvider(context.scope, wanted, { includeTags: true }),
      };
    }
  }
};

async function newProvider(
  context: CommandContext,
  request: EcsRequest<"CreateCapacityProvider">,
): Promise<CapacityProvider> {
  const { name = "", cluster: given } = request;
  checkProviderName(name);
  const origin = givenOrigin(request);
  const createdAt = context.now();
  const common = { name, status: "ACTIVE" as const, tags: validTags(request.tags), createdAt };
  if (origin.group) {
    if (given !== undefined) throw clusterOfGroup();
    return { ...common, autoScalingGroupProvider: newGroupProvider(origin.group), clusters: {} };
  }
  if (given === undefined) {
    throw new EcsError(
      "InvalidParameterException",
      "cluster must be given for a managed instances capacity provider, which is of one cluster.",
    );
  }
  const cluster = await activeCluster(context, given);
  checkRoom(cluster);
  const managedInstances = newManagedInstances(cluster.name, origin.managed);
  return { ...common, managedInstances, clusters: { [cluster.name]: createdAt } };
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
