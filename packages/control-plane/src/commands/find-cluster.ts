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

const clusterNotFound = () => new EcsError("ClusterNotFoundException", "Cluster not found.");
