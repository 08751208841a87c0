import {
  findOperation,
  hasModelledError,
  isReadOnly,
} from "@berth/contracts/ecs-api/operation-names";
import type { ModelOperationName } from "@berth/contracts/ecs-api/operation-names";
import type { EcsOperationName, EcsRequest } from "@berth/contracts/ecs-api/operations";
import { parseRequest } from "@berth/contracts/ecs-api/parse-request";
import { serializeResponse } from "@berth/contracts/ecs-api/serialize-response";
import { authorizeOperation } from "@berth/control-plane/access/authorize-operation";
import type { Command, Commands } from "@berth/control-plane/commands/command";
import type { CommandContext } from "@berth/control-plane/context";
import { EcsError } from "@berth/domain/errors";
import type { AnswerMemory } from "./answer-memory.ts";

/** One call of the ECS API, its caller known. */
export interface OperationCall {
  /** The `X-Amz-Target` header. */
  readonly target: string | undefined;
  readonly body: string;
  readonly signature: string;
  readonly context: CommandContext;
}

/**
 * Parses, asks whether the caller may, has the command carried out, prints. Writes are done once for
 * each signature; reads may be repeated.
 *
 * @throws EcsError AccessDeniedException, UnknownOperationException, what the parser throws, what the command throws
 */
export async function callOperation(
  { target, body, signature, context }: OperationCall,
  commands: Partial<Commands>,
  answers: AnswerMemory<string>,
): Promise<string> {
  const operation = findOperation(target);
  if (!operation) throw new EcsError("UnknownOperationException", "The operation is unknown.");
  const request = parseRequest(operation, body);
  if (!isCarriedOut(operation, commands)) throw notThereYet(operation);
  await authorizeOperation(context, operation, request);
  const command = commands[operation] as Command<EcsOperationName>;
  const answer = async () =>
    serializeResponse(operation, await command(context, request as EcsRequest<EcsOperationName>));
  return isReadOnly(operation) ? answer() : answers.once(signature, answer);
}

function isCarriedOut(
  operation: ModelOperationName,
  commands: Partial<Commands>,
): operation is EcsOperationName {
  return Object.hasOwn(commands, operation);
}

function notThereYet(operation: ModelOperationName): EcsError {
  const unsupported = "UnsupportedFeatureException";
  return new EcsError(
    hasModelledError(operation, unsupported) ? unsupported : "ClientException",
    `Berth does not have the operation ${operation} yet.`,
  );
}
