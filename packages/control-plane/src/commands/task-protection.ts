import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import { taskArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import { isProtected, isServiceTask, type Task } from "@berth/domain/task";
import type { CommandContext } from "../context.ts";
import { taskId } from "./identifiers.ts";
import { dateOf } from "./present/date-of.ts";

export type ProtectedTask = NonNullable<EcsResponse<"GetTaskProtection">["protectedTasks"]>[number];

/**
 * The ids of the tasks that a request names, each once.
 *
 * @throws EcsError InvalidParameterException
 */
export function namedTasks(
  { scope }: Pick<CommandContext, "scope">,
  cluster: string,
  { given = [], max }: { readonly given: readonly string[] | undefined; readonly max: number },
): readonly string[] {
  if (given.length === 0) throw invalid("Tasks cannot be empty.");
  if (given.length > max) throw invalid(`taskIds can have at most ${max} items.`);
  return [...new Set(given.map((each) => taskId(scope, cluster, each)))];
}

/** Only what a service looks after, and will go on with, can be protected. */
export const canBeProtected = (task: Task): boolean =>
  isServiceTask(task) && task.desiredStatus === "RUNNING" && task.lastStatus !== "STOPPED";

/** Source: ECS API reference, ProtectedTask. */
export function presentProtection(
  context: Pick<CommandContext, "scope" | "now">,
  task: Task,
): ProtectedTask {
  const protectionEnabled = isProtected(task, context.now());
  return {
    taskArn: taskArn(context.scope, task.cluster, task.id),
    protectionEnabled,
    ...(protectionEnabled && { expirationDate: dateOf(task.protectedUntil ?? 0) }),
  };
}

export const invalid = (message: string): EcsError =>
  new EcsError("InvalidParameterException", message);
