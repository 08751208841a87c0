import { EcsError } from "@berth/domain/errors";
import { persist } from "../reconcile/persist.ts";
import type { Command } from "./command.ts";
import { taskDefinitionRef } from "./identifiers.ts";
import { presentTaskDefinition } from "./present/task-definition.ts";

/**
 * Makes a revision INACTIVE: nothing new starts from it, what runs goes on. Repeating it changes
 * nothing.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export const deregisterTaskDefinition: Command<"DeregisterTaskDefinition"> = async (
  context,
  request,
) => {
  const { taskDefinitions } = context.store;
  const { family, revision } = taskDefinitionRef(context.scope, request.taskDefinition ?? "");
  if (revision === undefined) throw new EcsError("ClientException", "Revision is missing.");
  const outcome = await persist(
    () => taskDefinitions.find(family, revision),
    (definition) =>
      definition.status === "ACTIVE"
        ? { ...definition, status: "INACTIVE" as const, deregisteredAt: context.now() }
        : undefined,
    (definition) => taskDefinitions.replace(definition),
  );
  if (!outcome) {
    throw new EcsError("ClientException", "The specified task definition does not exist.");
  }
  return { taskDefinition: presentTaskDefinition(context.scope, outcome.item) };
};
