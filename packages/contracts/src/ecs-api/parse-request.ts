import type { ModelOperationName } from "./operation-names.ts";
import type { EcsOperationName, EcsRequest } from "./operations.ts";
import { serializationError } from "./refusals.ts";
import { isJsonObject, structureReader } from "./request-readers.ts";
import type { JsonObject, StructureReader } from "./request-readers.ts";
import { schemasOf } from "./schemas.ts";

/** The SDK's request type where Berth has the operation, an object of checked members otherwise. */
export type ParsedRequest<Name extends ModelOperationName> = Name extends EcsOperationName
  ? EcsRequest<Name>
  : Readonly<JsonObject>;

const readers = new Map<ModelOperationName, StructureReader>();

/**
 * Reads the body of an awsJson1.1 request. Unknown members are dropped, null ones count as absent,
 * an empty body is an empty object. Readers are compiled at an operation's first request.
 *
 * @throws EcsError SerializationException for what is no JSON object or has a wrong type;
 * InvalidParameterException (ClientException for task definitions) for a missing member or bad enum
 */
export function parseRequest<Name extends ModelOperationName>(
  operation: Name,
  body: string,
): ParsedRequest<Name> {
  return readRequest(operation, body === "" ? {} : parseJson(body));
}

/**
 * The same of a body that is parsed already, as REST's are.
 *
 * @throws EcsError as `parseRequest`
 */
export function readRequest<Name extends ModelOperationName>(
  operation: Name,
  body: unknown,
): ParsedRequest<Name> {
  if (!isJsonObject(body)) {
    throw serializationError("The request body should be a JSON object.");
  }
  const place = { parent: undefined, step: operation };
  return readerOf(operation)(body, place) as ParsedRequest<Name>;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw serializationError("The request body is not valid JSON.");
  }
}

function readerOf(operation: ModelOperationName): StructureReader {
  const reader = readers.get(operation) ?? structureReader(schemasOf(operation).input);
  readers.set(operation, reader);
  return reader;
}
