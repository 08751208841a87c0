import { defined } from "./defined.ts";
import type { TaskOverrides } from "./task.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** ARNs of the roles of a task. */
export interface TaskRoles {
  /** What its containers may do. */
  readonly task?: string;
  /** What is done for it before they run, with rights that they do not get. */
  readonly execution?: string;
}

/** The roles that a task of this definition has, with what it was started with. */
export const taskRoles = (
  definition: Pick<TaskDefinition, "taskRoleArn" | "executionRoleArn">,
  overrides: TaskOverrides | undefined,
): TaskRoles =>
  defined({
    task: overrides?.taskRoleArn ?? definition.taskRoleArn,
    execution: overrides?.executionRoleArn ?? definition.executionRoleArn,
  });
