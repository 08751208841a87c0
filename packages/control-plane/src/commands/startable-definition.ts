import { EcsError } from "@berth/domain/errors";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { findTaskDefinition } from "./find-task-definition.ts";

/**
 * The definition that new tasks or services may be made of, by `family` (its latest ACTIVE
 * revision), `family:revision` or ARN.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export async function startableDefinition(
  context: CommandContext,
  text: string | undefined,
): Promise<Stored<TaskDefinition>> {
  const definition = await findTaskDefinition(context, text ?? "");
  if (!definition) throw new EcsError("ClientException", "TaskDefinition not found.");
  if (definition.status !== "ACTIVE") {
    throw new EcsError("ClientException", "TaskDefinition is inactive");
  }
  return definition;
}
