import { changeCluster, withSettings } from "./change-cluster.ts";
import { checkClusterConfiguration, settingsGiven } from "./cluster-configuration.ts";
import type { Command } from "./command.ts";

/**
 * Changes the settings of a cluster that are given.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export const updateClusterSettings: Command<"UpdateClusterSettings"> = async (
  context,
  { cluster, settings },
) => {
  checkClusterConfiguration({ settings });
  const given = settingsGiven(settings);
  return {
    cluster: await changeCluster(context, cluster, (current) => ({
      ...current,
      settings: withSettings(current, given),
    })),
  };
};
