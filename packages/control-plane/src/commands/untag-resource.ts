import type { Command } from "./command.ts";
import { tagsOfResource } from "./tags-of-resource.ts";
import { validTagKeys } from "./tags.ts";

/**
 * Takes the tags with these keys from a resource. One that it does not have counts as taken.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ResourceNotFoundException
 */
export const untagResource: Command<"UntagResource"> = async (context, request) => {
  const keys = validTagKeys(request.tagKeys);
  const about = { operation: "UntagResource", arn: request.resourceArn } as const;
  await tagsOfResource(context, about, (resource) =>
    resource.changeTags((current) => current.filter(({ key }) => !keys.has(key))),
  );
  return {};
};
