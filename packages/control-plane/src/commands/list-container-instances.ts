import { containerInstanceArn } from "@berth/domain/arn";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { nextToken, pageRequest } from "./paging.ts";

/**
 * ARNs by id, of all that are not INACTIVE or of one status.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export const listContainerInstances: Command<"ListContainerInstances"> = async (
  context,
  request,
) => {
  const { limit, startAfter = "" } = pageRequest(request);
  const { name: cluster } = await activeCluster(context, request.cluster);
  const all = await context.store.instances.all(cluster);
  const matching = all
    .filter(({ ledger }) => request.status === undefined || ledger.status === request.status)
    .map(({ ledger }) => ledger.id)
    .filter((id) => id > startAfter)
    .toSorted();
  const page = matching.slice(0, limit);
  return {
    containerInstanceArns: page.map((id) => containerInstanceArn(context.scope, cluster, id)),
    ...nextToken(matching.length > limit ? page.at(-1) : undefined),
  };
};
