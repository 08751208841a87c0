import type { Command } from "./command.ts";
import { tagsOfResource } from "./tags-of-resource.ts";

/**
 * The tags of a resource, those that ECS itself has added among them.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export const listTagsForResource: Command<"ListTagsForResource"> = async (context, request) => {
  const about = { operation: "ListTagsForResource", arn: request.resourceArn } as const;
  return { tags: [...(await tagsOfResource(context, about, (resource) => resource.tags()))] };
};
