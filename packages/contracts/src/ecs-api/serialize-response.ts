import type { EcsError } from "@berth/domain/errors";
import type { NormalizedSchema } from "@smithy/core/schema";
import type { EcsOperationName, EcsResponse } from "./operations.ts";
import { schemasOf } from "./schemas.ts";

/** Turns one value of a response, never undefined, into what JSON.stringify prints. */
type Writer = (value: unknown) => unknown;

/** Prints the responses of one face of the API: the two differ in how they write a time. */
interface ResponseWriter {
  readonly writeTime: (time: Date) => string | number;
  readonly structures: Map<string, Writer>;
}

const ECS: ResponseWriter = { writeTime: (time) => time.getTime() / 1000, structures: new Map() };
const REST: ResponseWriter = { writeTime: (time) => time.toISOString(), structures: new Map() };

/**
 * The awsJson1.1 body of a response: only members that the schema knows, without the undefined
 * ones, times as epoch seconds with a fraction.
 */
export function serializeResponse<Name extends EcsOperationName>(
  operation: Name,
  response: EcsResponse<Name>,
): string {
  return JSON.stringify(structureWriter(ECS, schemasOf(operation).output)(response));
}

/** The same members as REST has them: times are RFC 3339. */
export function restResponse<Name extends EcsOperationName>(
  operation: Name,
  response: EcsResponse<Name>,
): Readonly<Record<string, unknown>> {
  const write = structureWriter(REST, schemasOf(operation).output);
  return write(response) as Readonly<Record<string, unknown>>;
}

/** The awsJson1.1 body of a refusal, with the extra members that the modelled error has. */
export function serializeError(error: Pick<EcsError, "code" | "message" | "members">): string {
  return JSON.stringify({ ...error.members, __type: error.code, message: error.message });
}

function structureWriter(face: ResponseWriter, schema: NormalizedSchema): Writer {
  const name = schema.getName() ?? "";
  const writer = face.structures.get(name) ?? compileStructure(face, schema);
  face.structures.set(name, writer);
  return writer;
}

function compileStructure(face: ResponseWriter, schema: NormalizedSchema): Writer {
  const writers = Array.from(
    schema.structIterator(),
    ([member, memberSchema]) => [member, compileValue(face, memberSchema)] as const,
  );
  return (value) => {
    const source = value as Readonly<Record<string, unknown>>;
    const result: Record<string, unknown> = {};
    for (const [member, write] of writers) {
      const memberValue = source[member];
      if (memberValue !== undefined) result[member] = write(memberValue);
    }
    return result;
  };
}

function compileValue(face: ResponseWriter, schema: NormalizedSchema): Writer {
  if (schema.isStructSchema()) return structureWriter(face, schema);
  if (schema.isTimestampSchema()) return (value) => face.writeTime(value as Date);
  if (schema.isListSchema()) return compileList(face, schema);
  if (schema.isMapSchema()) return compileMap(face, schema);
  return (value) => value;
}

function compileList(face: ResponseWriter, schema: NormalizedSchema): Writer {
  const write = compileValue(face, schema.getValueSchema());
  return (value) => (value as readonly unknown[]).map((element) => write(element));
}

function compileMap(face: ResponseWriter, schema: NormalizedSchema): Writer {
  const write = compileValue(face, schema.getValueSchema());
  return (value) =>
    Object.fromEntries(
      Object.entries(value as Record<string, unknown>).map(([key, entry]) => [key, write(entry)]),
    );
}
