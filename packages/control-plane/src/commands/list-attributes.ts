import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Attribute } from "@berth/domain/container-instance";
import { EcsError } from "@berth/domain/errors";
import { presentAttribute } from "./attributes.ts";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { nextToken, pageRequest } from "./paging.ts";

/**
 * The attributes of the instances that are not INACTIVE, built-in ones included: by instance id and
 * then by name, all or those of one name, or of one name and value.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export const listAttributes: Command<"ListAttributes"> = async (context, request) => {
  const { limit, startAfter = "" } = pageRequest(request);
  const isWanted = filterOf(request);
  const { name: cluster } = await activeCluster(context, request.cluster);
  const found = (await context.store.instances.all(cluster))
    .flatMap(({ instance }) =>
      instance.attributes
        .filter(isWanted)
        .map((attribute) => ({ at: `${instance.id}#${attribute.name}`, instance, attribute })),
    )
    .filter(({ at }) => at > startAfter)
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const page = found.slice(0, limit);
  return {
    attributes: page.map(({ instance, attribute }) =>
      presentAttribute(context, instance, attribute),
    ),
    ...nextToken(found.length > limit ? page.at(-1)?.at : undefined),
  };
};

function filterOf({
  attributeName,
  attributeValue,
}: EcsRequest<"ListAttributes">): (attribute: Attribute) => boolean {
  if (attributeValue !== undefined && attributeName === undefined) {
    throw new EcsError(
      "InvalidParameterException",
      "attributeName must be specified when attributeValue is.",
    );
  }
  return ({ name, value = "" }) =>
    (attributeName ?? name) === name && (attributeValue ?? value) === value;
}
