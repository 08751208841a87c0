import { EcsError } from "@berth/domain/errors";
import type { Command } from "./command.ts";
import { findTaskDefinition } from "./find-task-definition.ts";
import { presentTaskDefinition } from "./present/task-definition.ts";

/**
 * Describes a revision, an INACTIVE one too; by family alone the latest ACTIVE one.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export const describeTaskDefinition: Command<"DescribeTaskDefinition"> = async (
  context,
  request,
) => {
  const definition = await findTaskDefinition(context, request.taskDefinition ?? "");
  if (!definition) {
    throw new EcsError("ClientException", "Unable to describe task definition.");
  }
  return {
    taskDefinition: presentTaskDefinition(context.scope, definition),
    tags: request.include?.includes("TAGS") ? [...definition.tags] : [],
  };
};
