import { isDeepStrictEqual } from "node:util";
import type { Cluster } from "@berth/domain/cluster";
import { assert } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import { CHANGED, describeCluster } from "./describe-clusters.ts";
import { activeCluster } from "./find-cluster.ts";
import type { ClusterDescription } from "./present/cluster.ts";

/**
 * Writes what `change` makes of a cluster, whoever else writes it meanwhile, and describes it as it is
 * then.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export async function changeCluster(
  context: CommandContext,
  nameOrArn: string | undefined,
  change: (cluster: Cluster) => Cluster,
): Promise<ClusterDescription> {
  const { clusters } = context.store;
  const changed = await persist<Cluster>(
    () => activeCluster(context, nameOrArn),
    ({ version, ...cluster }) => {
      const after = change(cluster);
      return isDeepStrictEqual(cluster, after) ? undefined : { ...after, version };
    },
    (cluster) => clusters.replace(cluster),
  );
  assert(changed, "a cluster that is not there is refused");
  return describeCluster(context, changed.item, CHANGED);
}

/** The settings of a cluster with those that are given, which win. */
export const withSettings = (
  { settings }: Pick<Cluster, "settings">,
  given: Cluster["settings"],
): Cluster["settings"] => [
  ...new Map([...settings, ...given].map((setting) => [setting.name, setting])).values(),
];
