import type { EcsOperationName, EcsRequest } from "@berth/contracts/ecs-api/operations";
import { isRole, roleArn } from "@berth/domain/role-arn";
import { taskRoles } from "@berth/domain/task-roles";
import { findTaskDefinition } from "../commands/find-task-definition.ts";
import type { CommandContext } from "../context.ts";
import { checkAccess } from "./authorize.ts";

/** Roles as a request names them: ARNs, or names of this account. */
type Named = readonly (string | undefined)[];

type Run = Pick<EcsRequest<"RunTask">, "taskDefinition" | "overrides">;

/**
 * Who gives a role to tasks must be allowed `iam:PassRole` on it, or he could have it himself: by
 * registering a definition with it, or by running a task that has it. Source: ECS developer guide,
 * service authorization reference, dependent actions.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException
 */
export async function authorizeRoles<Name extends EcsOperationName>(
  context: CommandContext,
  operation: Name,
  request: EcsRequest<Name>,
): Promise<void> {
  if (context.permissions.kind !== "policy") return;
  const resources = (await passedBy(context, operation, request))
    // What is no role the operation itself refuses.
    .filter((role) => role !== undefined && isRole(role))
    .map((role) => roleArn(context.scope.account, role ?? ""));
  if (resources.length > 0) checkAccess(context, { action: "iam:PassRole", resources });
}

async function passedBy(
  context: CommandContext,
  operation: EcsOperationName,
  request: object,
): Promise<Named> {
  if (operation === "RegisterTaskDefinition") {
    const { taskRoleArn, executionRoleArn } = request as EcsRequest<"RegisterTaskDefinition">;
    return [taskRoleArn, executionRoleArn];
  }
  const isRun = operation === "RunTask" || operation === "StartTask";
  return isRun ? passedByRun(context, request as Run) : [];
}

async function passedByRun(context: CommandContext, run: Run): Promise<Named> {
  const { taskRoleArn, executionRoleArn } = run.overrides ?? {};
  const definition = await findTaskDefinition(context, run.taskDefinition ?? "");
  const { task, execution } = taskRoles(definition ?? {});
  return [taskRoleArn || task, executionRoleArn || execution];
}
