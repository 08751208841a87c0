import { defined } from "./defined.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** ARNs of the roles of a task. */
export interface TaskRoles {
  /** What its containers may do. */
  readonly task?: string;
  /** What is done for it before they run, with rights that they do not get. */
  readonly execution?: string;
}

/** The roles of tasks of this definition. */
export const taskRoles = ({
  taskRoleArn,
  executionRoleArn,
}: Pick<TaskDefinition, "taskRoleArn" | "executionRoleArn">): TaskRoles =>
  defined({ task: taskRoleArn, execution: executionRoleArn });
