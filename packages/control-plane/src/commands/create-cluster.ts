import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Cluster } from "@berth/domain/cluster";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { checkClusterConfiguration } from "./cluster-configuration.ts";
import { countCluster, NO_COUNTS } from "./cluster-counts.ts";
import type { Command } from "./command.ts";
import { clusterName } from "./identifiers.ts";
import { presentCluster } from "./present/cluster.ts";
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
    if ((await write(context, wanted, existing)) === "ok") {
      return { cluster: present(context, wanted, NO_COUNTS) };
    }
  }
};

function newCluster(context: CommandContext, request: EcsRequest<"CreateCluster">): Cluster {
  const { configuration, serviceConnectDefaults } = request;
  const settings = request.settings ?? [{ name: "containerInsights", value: "disabled" }];
  return {
    name: clusterName(context.scope, request.clusterName),
    status: "ACTIVE",
    settings: settings.map(({ name = "containerInsights", value = "disabled" }) => ({
      name,
      value,
    })),
    capacityProviders: request.capacityProviders ?? [],
    defaultCapacityProviderStrategy: (request.defaultCapacityProviderStrategy ?? []).map(
      ({ capacityProvider = "", weight = 0, base = 0 }) => ({ capacityProvider, weight, base }),
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
