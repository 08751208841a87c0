import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Cluster } from "@berth/domain/cluster";
import { changeCluster, withSettings } from "./change-cluster.ts";
import { checkClusterConfiguration, settingsGiven } from "./cluster-configuration.ts";
import type { Command } from "./command.ts";

type Request = EcsRequest<"UpdateCluster">;

/**
 * Changes what is given of a cluster: settings one by one, the configuration as a whole, and the
 * namespace of Service Connect, which the empty one takes away.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export const updateCluster: Command<"UpdateCluster"> = async (context, { cluster, ...request }) => {
  checkClusterConfiguration(request);
  return { cluster: await changeCluster(context, cluster, (current) => changed(current, request)) };
};

function changed(
  { serviceConnectDefaults: before, ...cluster }: Cluster,
  { settings, configuration, serviceConnectDefaults }: Omit<Request, "cluster">,
): Cluster {
  const namespace = serviceConnectDefaults?.namespace ?? before?.namespace;
  return {
    ...cluster,
    settings: withSettings(cluster, settingsGiven(settings)),
    ...(configuration && { configuration: { ...configuration } }),
    ...(namespace && { serviceConnectDefaults: { namespace } }),
  };
}
