import { hasModelledError } from "@berth/contracts/ecs-api/operation-names";
import { EcsError } from "@berth/domain/errors";
import type { Tag } from "@berth/domain/tag";
import type { CommandContext } from "../context.ts";
import { activeCluster } from "./find-cluster.ts";
import { tagTarget } from "./tag-target.ts";
import type { TaggedResource } from "./tagged-resource.ts";

type TagOperation = "ListTagsForResource" | "TagResource" | "UntagResource";

/**
 * What an operation finds the tags of a resource to be, once it has done to them what it is to do.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ResourceNotFoundException
 */
export async function tagsOfResource(
  context: CommandContext,
  { operation, arn }: { readonly operation: TagOperation; readonly arn: string | undefined },
  read: (resource: TaggedResource) => Promise<readonly Tag[] | undefined>,
): Promise<readonly Tag[]> {
  const { cluster, noun, open } = tagTarget(context.scope, arn ?? "");
  const tags = await read(open(context.store));
  if (tags) return tags;
  if (cluster !== undefined) await activeCluster(context, cluster);
  // ListTagsForResource has no code of its own for it.
  const notFound = "ResourceNotFoundException";
  const code = hasModelledError(operation, notFound) ? notFound : "InvalidParameterException";
  throw new EcsError(code, `The specified ${noun} was not found.`);
}
