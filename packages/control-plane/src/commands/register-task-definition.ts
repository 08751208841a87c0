import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import type { Tag } from "@berth/domain/tag";
import { defineTask } from "@berth/domain/task-definition/define";
import { faults } from "@berth/domain/task-definition/faults";
import type { Registration } from "@berth/domain/task-definition/registration";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { CommandContext } from "../context.ts";
import type { Command } from "./command.ts";
import { validConstraints } from "./placement-members.ts";
import { presentTaskDefinition } from "./present/task-definition.ts";
import { validTags } from "./tags.ts";

/** Each lost race means that somebody else's revision was written. */
const MAX_TRIES = 20;

/**
 * Writes the next revision of a family. Revisions are never given twice, not even after they are
 * deregistered.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export const registerTaskDefinition: Command<"RegisterTaskDefinition"> = async (
  context,
  request,
) => {
  const { tags: givenTags, ...registration } = request;
  for (const fault of faults(registration)) throw new EcsError("ClientException", fault);
  validConstraints(registration.placementConstraints);
  const tags = validTags(givenTags);
  const definition = await writeNextRevision(context, registration, tags);
  return {
    taskDefinition: presentTaskDefinition(context.scope, definition),
    tags: [...tags],
  };
};

async function writeNextRevision(
  context: CommandContext,
  registration: Registration & Pick<EcsRequest<"RegisterTaskDefinition">, "family">,
  tags: readonly Tag[],
): Promise<TaskDefinition> {
  const { taskDefinitions } = context.store;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const latest = await taskDefinitions.latestRevision(registration.family ?? "");
    const definition = defineTask(registration, {
      account: context.scope.account,
      revision: latest + 1,
      tags,
      registeredAt: context.now(),
      registeredBy: context.principalArn,
    });
    if ((await taskDefinitions.create(definition)) === "ok") return definition;
  }
  throw new EcsError(
    "ClientException",
    "Too many concurrent attempts to create a new revision of the specified family.",
  );
}
