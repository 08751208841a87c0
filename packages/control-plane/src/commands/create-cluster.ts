import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Cluster } from "@berth/domain/cluster";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { checkClusterConfiguration } from "./cluster-configuration.ts";
import { associate, providerNames } from "./cluster-providers.ts";
import { countCluster, NO_COUNTS } from "./cluster-counts.ts";
import type { Command } from "./command.ts";
import { clusterName } from "./identifiers.ts";
import { presentCluster } from "./present/cluster.ts";
import { validDefaultStrategy } from "./provider-strategy.ts";
import { validTags } from "./tags.ts";

/**
 * Makes a cluster, or gives back the ACTIVE one that already has this name, as it is. A deleted one
 * begins anew.
 *
 * @throws EcsError InvalidParameterException
 */
export const createCluster: Command<"CreateCluster"> = async (context, request) => {
  checkClusterConfiguration(request);
  const wanted = newCluster(context, request);
  for (;;) {
    const existing = await context.store.clusters.find(wanted.name);
    if (existing?.status === "ACTIVE") return { cluster: await describe(context, existing) };
    const cluster = { ...wanted, ...(await associate(context, wanted, wanted.capacityProviders)) };
    if ((await write(context, cluster, existing)) === "ok") {
      return { cluster: present(context, cluster, NO_COUNTS) };
    }
  }
};

function newCluster(context: CommandContext, request: EcsRequest<"CreateCluster">): Cluster {
  const { configuration, serviceConnectDefaults } = request;
  const capacityProviders = providerNames(context, request.capacityProviders ?? []);
  const settings = request.settings ?? [{ name: "containerInsights", value: "disabled" }];
  return {
    name: clusterName(context.scope, request.clusterName),
    status: "ACTIVE",
    settings: settings.map(({ name = "containerInsights", value = "disabled" }) => ({
      name,
      value,
    })),
    capacityProviders,
    defaultCapacityProviderStrategy: validDefaultStrategy(
      request.defaultCapacityProviderStrategy ?? [],
      capacityProviders,
    ),
    ...(configuration && { configuration: { ...configuration } }),
    ...(serviceConnectDefaults?.namespace && {
      serviceConnectDefaults: { namespace: serviceConnectDefaults.namespace },
    }),
    tags: validTags(request.tags),
    createdAt: context.now(),
  };
}

const write = (context: CommandContext, cluster: Cluster, inactive: Stored<Cluster> | undefined) =>
  inactive
    ? context.store.clusters.replace({ ...cluster, version: inactive.version })
    : context.store.clusters.create(cluster);

const describe = async (context: CommandContext, cluster: Cluster) =>
  present(context, cluster, await countCluster(context.store, cluster.name));

const present = (context: CommandContext, cluster: Cluster, counts: typeof NO_COUNTS) =>
  presentCluster(context.scope, cluster, {
    counts,
    include: ["CONFIGURATIONS", "SETTINGS", "TAGS"],
  });
