import { clusterArn } from "@berth/domain/arn";
import type { Command } from "./command.ts";
import { nextToken, pageRequest } from "./paging.ts";

/**
 * ARNs of the ACTIVE clusters, by name.
 *
 * @throws EcsError InvalidParameterException
 */
export const listClusters: Command<"ListClusters"> = async (context, request) => {
  const page = await context.store.clusters.list(pageRequest(request));
  return {
    clusterArns: page.items.map((name) => clusterArn(context.scope, name)),
    ...nextToken(page.next),
  };
};
