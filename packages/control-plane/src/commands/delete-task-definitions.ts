import { taskDefinitionArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import { taskDefinitionName, type TaskDefinition } from "@berth/domain/task-definition";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import { wakeForDeletion } from "../reconcile/task-definition-deletion.ts";
import type { Command } from "./command.ts";
import { taskDefinitionRef } from "./identifiers.ts";
import { presentTaskDefinition } from "./present/task-definition.ts";

const MAX_DEFINITIONS = 10;

/** Longer than any request lasts that has found the definition ACTIVE. */
const FIRST_LOOK_MS = 60_000;

const MISSING =
  "The specified task definition does not exist. Specify a valid account, family, revision and try again.";
const STILL_ACTIVE =
  "The specified task definition is still in ACTIVE status. Please deregister the target and try again.";

/**
 * Asks for INACTIVE revisions to go. They are DELETE_IN_PROGRESS until nothing refers to them any more,
 * and nothing new starts from them. Repeating it changes nothing.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export const deleteTaskDefinitions: Command<"DeleteTaskDefinitions"> = async (context, request) => {
  const refs = revisionsOf(context, request.taskDefinitions ?? []);
  const outcomes = await Promise.all(refs.map((ref) => requestDeletion(context, ref)));
  return {
    taskDefinitions: outcomes.flatMap(({ definition }) =>
      definition ? presentTaskDefinition(context.scope, definition) : [],
    ),
    failures: outcomes.flatMap(({ failure }) => failure ?? []),
  };
};

type Revision = Pick<TaskDefinition, "family" | "revision">;

/** Each once. */
function revisionsOf(context: CommandContext, given: readonly string[]): readonly Revision[] {
  if (given.length === 0) throw invalid("taskDefinitions should not be empty.");
  if (given.length > MAX_DEFINITIONS) {
    throw invalid(`taskDefinitions can have at most ${MAX_DEFINITIONS} items.`);
  }
  const revisions = given.map((text) => {
    const { family, revision } = taskDefinitionRef(context.scope, text);
    if (revision === undefined) throw new EcsError("ClientException", "Revision is missing.");
    return { family, revision };
  });
  return [...new Map(revisions.map((each) => [taskDefinitionName(each), each])).values()];
}

interface Outcome {
  readonly definition?: TaskDefinition;
  readonly failure?: { readonly arn: string; readonly reason: string };
}

async function requestDeletion(
  context: CommandContext,
  { family, revision }: Revision,
): Promise<Outcome> {
  const { taskDefinitions } = context.store;
  const now = context.now();
  const outcome = await persist(
    () => taskDefinitions.find(family, revision),
    (definition) =>
      definition.status === "INACTIVE"
        ? {
            ...definition,
            status: "DELETE_IN_PROGRESS" as const,
            deleteRequestedAt: now,
            due: now + FIRST_LOOK_MS,
          }
        : undefined,
    (definition) => taskDefinitions.replace(definition),
  );
  const arn = taskDefinitionArn(context.scope, taskDefinitionName({ family, revision }));
  if (!outcome) return { failure: { arn, reason: MISSING } };
  if (outcome.item.status === "ACTIVE") return { failure: { arn, reason: STILL_ACTIVE } };
  if (outcome.written) await wakeForDeletion(context, outcome.item);
  return { definition: outcome.item };
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
