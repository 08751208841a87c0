import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Cluster } from "@berth/domain/cluster";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { effectiveSetting } from "./account-settings.ts";
import { checkClusterConfiguration, settingsGiven } from "./cluster-configuration.ts";
import { NO_COUNTS } from "./cluster-counts.ts";
import { associate, providerNames } from "./cluster-providers.ts";
import type { Command } from "./command.ts";
import { CHANGED, describeCluster } from "./describe-clusters.ts";
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
  const settings = await settingsOf(context, request);
  const wanted = newCluster(context, request, settings);
  for (;;) {
    const existing = await context.store.clusters.find(wanted.name);
    if (existing?.status === "ACTIVE") {
      return { cluster: await describeCluster(context, existing, CHANGED) };
    }
    const cluster = { ...wanted, ...(await associate(context, wanted, wanted.capacityProviders)) };
    if ((await write(context, cluster, existing)) === "ok") {
      const view = { counts: NO_COUNTS, include: CHANGED };
      return { cluster: presentCluster(context.scope, cluster, view) };
    }
  }
};

/** What was not given is as the account settings of the caller have it. */
async function settingsOf(
  context: CommandContext,
  { settings = [] }: EcsRequest<"CreateCluster">,
): Promise<Cluster["settings"]> {
  if (settings.length > 0) return settingsGiven(settings);
  const value = await effectiveSetting(context, "containerInsights");
  return [{ name: "containerInsights", value }];
}

function newCluster(
  context: CommandContext,
  request: EcsRequest<"CreateCluster">,
  settings: Cluster["settings"],
): Cluster {
  const { configuration, serviceConnectDefaults } = request;
  const capacityProviders = providerNames(context, request.capacityProviders ?? []);
  return {
    name: clusterName(context.scope, request.clusterName),
    status: "ACTIVE",
    settings,
    capacityProviders,
    defaultCapacityProviderStrategy: validDefaultStrategy(
      request.defaultCapacityProviderStrategy ?? [],
      { capacityProviders },
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
