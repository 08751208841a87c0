import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import { taskDefinitionArn, type Scope } from "@berth/domain/arn";
import { taskDefinitionName, type TaskDefinition } from "@berth/domain/task-definition";
import type { Stored } from "@berth/store/store";
import { dateOf } from "./date-of.ts";

type TaskDefinitionDescription = NonNullable<
  EcsResponse<"DescribeTaskDefinition">["taskDefinition"]
>;

/** A task definition as the ECS API shows it: its tags stand beside it, not in it. */
export function presentTaskDefinition(
  scope: Scope,
  definition: TaskDefinition | Stored<TaskDefinition>,
): TaskDefinitionDescription {
  const { registeredAt, deregisteredAt, deleteRequestedAt, ...shown } = withoutOwn(definition);
  // Kept members are as the caller gave them, and the domain's types are ECS's own, only narrower.
  const description: object = {
    ...shown,
    taskDefinitionArn: taskDefinitionArn(scope, taskDefinitionName(definition)),
    registeredAt: dateOf(registeredAt),
    ...(deregisteredAt !== undefined && { deregisteredAt: dateOf(deregisteredAt) }),
    ...(deleteRequestedAt !== undefined && { deleteRequestedAt: dateOf(deleteRequestedAt) }),
  };
  return description;
}

/** Without what Berth keeps with it for itself. */
function withoutOwn(definition: TaskDefinition | Stored<TaskDefinition>): TaskDefinition {
  const {
    tags: _tags,
    version: _version,
    due: _due,
    unusedSince: _unusedSince,
    ...shown
  } = definition;
  return shown as TaskDefinition;
}
