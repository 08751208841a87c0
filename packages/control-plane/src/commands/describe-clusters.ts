import { clusterArn } from "@berth/domain/arn";
import type { Cluster } from "@berth/domain/cluster";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { countCluster, NO_COUNTS } from "./cluster-counts.ts";
import type { Command } from "./command.ts";
import { clusterName, DEFAULT_CLUSTER } from "./identifiers.ts";
import { type ClusterDescription, type ClusterField, presentCluster } from "./present/cluster.ts";
import { missing } from "./present/failure.ts";

const MAX_CLUSTERS = 100;

/**
 * Describes clusters, deleted ones too as long as they are remembered; `default` where none is named.
 *
 * @throws EcsError InvalidParameterException
 */
export const describeClusters: Command<"DescribeClusters"> = async (context, request) => {
  const { scope, store } = context;
  const asked = request.clusters?.length ? request.clusters : [DEFAULT_CLUSTER];
  if (asked.length > MAX_CLUSTERS) {
    throw new EcsError(
      "InvalidParameterException",
      `clusters can have at most ${MAX_CLUSTERS} items.`,
    );
  }
  const names = [...new Set(asked.map((each) => clusterName(scope, each)))];
  const found = new Map(
    (await store.clusters.findMany(names)).map((cluster) => [cluster.name, cluster]),
  );
  const include = request.include ?? [];
  const clusters = names.flatMap((name) => found.get(name) ?? []);
  return {
    clusters: await Promise.all(
      clusters.map((cluster) => describeCluster(context, cluster, include)),
    ),
    failures: names
      .filter((name) => !found.has(name))
      .map((name) => missing(clusterArn(scope, name))),
  };
};

/** What operations that make or change a cluster answer of it. */
export const CHANGED: readonly ClusterField[] = ["CONFIGURATIONS", "SETTINGS", "TAGS"];

/** A cluster with what it holds counted: a deleted one holds nothing. */
export async function describeCluster(
  { scope, store }: CommandContext,
  cluster: Cluster,
  include: readonly ClusterField[],
): Promise<ClusterDescription> {
  const isActive = cluster.status === "ACTIVE";
  const counts = isActive ? await countCluster(store, cluster.name) : NO_COUNTS;
  return presentCluster(scope, cluster, { counts, include });
}
