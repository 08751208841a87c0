import type { Attribute } from "@berth/domain/container-instance";
import { EcsError } from "@berth/domain/errors";
import { attributesByTarget, changeAttributes, isBuiltIn, mergeAttributes } from "./attributes.ts";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";

/** Source: ECS API reference, PutAttributes. */
const MAX_CUSTOM = 10;

/**
 * Gives instances attributes of their user's own, or other values to those that they have. What is
 * placed from then on goes by them.
 *
 * @throws EcsError AccessDeniedException, AttributeLimitExceededException, ClusterNotFoundException, InvalidParameterException, TargetNotFoundException
 */
export const putAttributes: Command<"PutAttributes"> = async (context, request) => {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const targets = attributesByTarget(context, cluster, request.attributes);
  const action = "ecs:PutAttributes";
  return { attributes: await changeAttributes(context, { cluster, action, targets }, withMore) };
};

/** An instance may have registered with more: their values can be changed all the same. */
function withMore(own: readonly Attribute[], given: readonly Attribute[]): readonly Attribute[] {
  const merged = mergeAttributes(own, given);
  const count = merged.filter((attribute) => !isBuiltIn(attribute)).length;
  if (count <= MAX_CUSTOM || merged.length === own.length) return merged;
  throw new EcsError(
    "AttributeLimitExceededException",
    `A container instance can have at most ${MAX_CUSTOM} custom attributes.`,
  );
}
