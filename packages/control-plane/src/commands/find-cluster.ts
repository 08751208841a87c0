import type { Cluster } from "@berth/domain/cluster";
import { EcsError } from "@berth/domain/errors";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { clusterName } from "./identifiers.ts";

/**
 * The cluster that a request is about: `default` where it names none.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export async function activeCluster(
  context: CommandContext,
  nameOrArn: string | undefined,
): Promise<Stored<Cluster>> {
  const cluster = await context.store.clusters.find(clusterName(context.scope, nameOrArn));
  if (cluster?.status !== "ACTIVE") throw clusterNotFound();
  return cluster;
}

/**
 * The name of the cluster and what a reading found in it. Where that holds something alive the
 * cluster is ACTIVE and need not be read: none is deleted with services or tasks in it.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export async function findInCluster<Found>(
  context: CommandContext,
  nameOrArn: string | undefined,
  find: (cluster: string) => Promise<Found>,
  isAlive: (found: Found) => boolean,
): Promise<{ readonly cluster: string; readonly found: Found }> {
  const cluster = clusterName(context.scope, nameOrArn);
  const found = await find(cluster);
  if (!isAlive(found)) await activeCluster(context, nameOrArn);
  return { cluster, found };
}

const clusterNotFound = () => new EcsError("ClusterNotFoundException", "Cluster not found.");
