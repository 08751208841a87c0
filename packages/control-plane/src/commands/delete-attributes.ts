import { attributesByTarget, changeAttributes } from "./attributes.ts";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";

/**
 * Takes attributes of their user's own from instances, by name. One that is not there is gone already.
 * Tasks that were placed by it stay, but for those of DAEMON services.
 *
 * @throws EcsError AccessDeniedException, ClusterNotFoundException, InvalidParameterException, TargetNotFoundException
 */
export const deleteAttributes: Command<"DeleteAttributes"> = async (context, request) => {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const targets = attributesByTarget(context, cluster, request.attributes);
  const action = "ecs:DeleteAttributes";
  return {
    attributes: await changeAttributes(context, { cluster, action, targets }, (own, given) => {
      const names = new Set(given.map(({ name }) => name));
      return own.filter(({ name }) => !names.has(name));
    }),
  };
};
