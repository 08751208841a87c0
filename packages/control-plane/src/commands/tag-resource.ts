import type { Command } from "./command.ts";
import { tagsOfResource } from "./tags-of-resource.ts";
import { mergedTags, validTags } from "./tags.ts";

/**
 * Adds tags to a resource; of those that it has, only those with the same keys change.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, LimitExceededException, ResourceNotFoundException
 */
export const tagResource: Command<"TagResource"> = async (context, { resourceArn, tags }) => {
  const given = validTags(tags);
  const request = { operation: "TagResource", arn: resourceArn } as const;
  await tagsOfResource(context, request, (resource) =>
    resource.changeTags((current) => mergedTags(current, given)),
  );
  return {};
};
