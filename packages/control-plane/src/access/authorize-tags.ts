import type { EcsOperationName, EcsRequest } from "@berth/contracts/ecs-api/operations";
import { containerInstanceArn, type Scope, taskArn } from "@berth/domain/arn";
import { effectiveSetting } from "../commands/account-settings.ts";
import type { CommandContext } from "../context.ts";
import { checkAccess } from "./authorize.ts";
import { operationAccess } from "./operation-access.ts";

type ArnInCluster = (scope: Scope, cluster: string, id: string) => string;

/**
 * What may be tagged as it is made: what the operation itself is done to, or something without an id
 * yet. Source: ECS developer guide, permission to tag resources on creation.
 */
const MADE: ReadonlyMap<EcsOperationName, "itself" | ArnInCluster> = new Map<
  EcsOperationName,
  "itself" | ArnInCluster
>([
  ["CreateCluster", "itself"],
  ["CreateService", "itself"],
  ["CreateTaskSet", "itself"],
  ["RegisterContainerInstance", containerInstanceArn],
  ["RegisterTaskDefinition", "itself"],
  ["RunTask", taskArn],
  ["StartTask", taskArn],
]);

/**
 * Who makes something with tags must be allowed `ecs:TagResource` on it, unless the account setting
 * `tagResourceAuthorization` is off. Agents need not: they register nothing but themselves.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException
 */
export async function authorizeTags<Name extends EcsOperationName>(
  context: CommandContext,
  operation: Name,
  request: EcsRequest<Name>,
): Promise<void> {
  const made = MADE.get(operation);
  if (!made || context.permissions.kind !== "policy" || !hasTags(request)) return;
  if ((await effectiveSetting(context, "tagResourceAuthorization")) === "off") return;
  const { resources, cluster = "", ...access } = await operationAccess(context, operation, request);
  checkAccess(context, {
    ...access,
    action: "ecs:TagResource",
    resources: made === "itself" ? resources : [made(context.scope, cluster, "*")],
    ...(cluster !== "" && { cluster }),
  });
}

const hasTags = (request: object): boolean =>
  "tags" in request && Array.isArray(request.tags) && request.tags.length > 0;
