import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { taskDefinitionRef } from "./identifiers.ts";

/**
 * What `family:revision` or an ARN names, whatever its status; for a family alone its latest ACTIVE
 * revision.
 *
 * @throws EcsError InvalidParameterException
 */
export async function findTaskDefinition(
  context: CommandContext,
  nameOrArn: string,
): Promise<Stored<TaskDefinition> | undefined> {
  const { family, revision } = taskDefinitionRef(context.scope, nameOrArn);
  const { taskDefinitions } = context.store;
  return revision === undefined
    ? await taskDefinitions.findLatestActive(family)
    : await taskDefinitions.find(family, revision);
}
