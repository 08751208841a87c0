import { taskDefinitionArn } from "@berth/domain/arn";
import type { Command } from "./command.ts";
import { validFamilyPrefix } from "./family-prefix.ts";
import { nextToken, pageRequest } from "./paging.ts";

/**
 * ARNs by family and then by numeric revision. `familyPrefix` is the whole name of a family, as in
 * ECS.
 *
 * @throws EcsError InvalidParameterException
 */
export const listTaskDefinitions: Command<"ListTaskDefinitions"> = async (context, request) => {
  const family = validFamilyPrefix(request.familyPrefix);
  const page = await context.store.taskDefinitions.list(
    {
      status: request.status ?? "ACTIVE",
      descending: request.sort === "DESC",
      ...(family !== undefined && { family }),
    },
    pageRequest(request),
  );
  return {
    taskDefinitionArns: page.items.map((name) => taskDefinitionArn(context.scope, name)),
    ...nextToken(page.next),
  };
};
