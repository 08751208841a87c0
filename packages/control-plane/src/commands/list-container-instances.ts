import { containerInstanceArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import { matches } from "@berth/planner/placement/query/matches";
import { parseExpression } from "@berth/planner/placement/query/parse-expression";
import type { StoredInstance } from "@berth/store/store";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { nextToken, pageRequest } from "./paging.ts";

/**
 * ARNs by id, of all that are not INACTIVE or of one status, narrowed down by a cluster query
 * expression where one is given.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export const listContainerInstances: Command<"ListContainerInstances"> = async (
  context,
  request,
) => {
  const { limit, startAfter = "" } = pageRequest(request);
  const isWanted = filterOf(request.filter);
  const { name: cluster } = await activeCluster(context, request.cluster);
  const all = await context.store.instances.all(cluster);
  const ids = all
    .filter(({ ledger }) => request.status === undefined || ledger.status === request.status)
    .filter((stored) => stored.ledger.id > startAfter && isWanted(stored))
    .map(({ ledger }) => ledger.id)
    .toSorted();
  const page = ids.slice(0, limit);
  return {
    containerInstanceArns: page.map((id) => containerInstanceArn(context.scope, cluster, id)),
    ...nextToken(ids.length > limit ? page.at(-1) : undefined),
  };
};

function filterOf(text: string | undefined): (stored: StoredInstance) => boolean {
  if (!text) return () => true;
  const parsed = parseExpression(text);
  if (parsed.kind === "invalid") {
    throw new EcsError("InvalidParameterException", `Invalid filter: ${parsed.message}`);
  }
  return ({ instance, ledger }) =>
    matches(parsed.expression, {
      instance,
      ledger,
      taskIds: Object.keys(ledger.reservations),
    });
}
