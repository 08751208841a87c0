import type { EcsOperationName, EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { CommandContext } from "../context.ts";
import { authorizeRoles } from "./authorize-roles.ts";
import { authorizeTags } from "./authorize-tags.ts";
import { checkAccess } from "./authorize.ts";
import { operationAccess } from "./operation-access.ts";

/**
 * Lets pass the callers whose policy allows this request. Who may do everything need not be asked
 * about what: that could cost a reading.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException
 */
export async function authorizeOperation<Name extends EcsOperationName>(
  context: CommandContext,
  operation: Name,
  request: EcsRequest<Name>,
): Promise<void> {
  if (context.permissions.kind === "administrator") return;
  checkAccess(context, await operationAccess(context, operation, request));
  await authorizeRoles(context, operation, request);
  await authorizeTags(context, operation, request);
}
