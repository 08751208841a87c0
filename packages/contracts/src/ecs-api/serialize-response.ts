import type { EcsError } from "@berth/domain/errors";
import type { NormalizedSchema } from "@smithy/core/schema";
import type { EcsOperationName, EcsResponse } from "./operations.ts";
import { schemasOf } from "./schemas.ts";

/** Turns one value of a response, never undefined, into what JSON.stringify prints as ECS would. */
type Writer = (value: unknown) => unknown;

const structureWriters = new Map<string, Writer>();
const responseWriters = new Map<EcsOperationName, Writer>();

/**
 * The awsJson1.1 body of a response: only members that the schema knows, without the undefined
 * ones, times as epoch seconds with a fraction.
 */
export function serializeResponse<Name extends EcsOperationName>(
  operation: Name,
  response: EcsResponse<Name>,
): string {
  const write = responseWriters.get(operation) ?? structureWriter(schemasOf(operation).output);
  responseWriters.set(operation, write);
  return JSON.stringify(write(response));
}

/** The awsJson1.1 body of a refusal, with the extra members that the modelled error has. */
export function serializeError(error: Pick<EcsError, "code" | "message" | "members">): string {
  return JSON.stringify({ ...error.members, __type: error.code, message: error.message });
}

function structureWriter(schema: NormalizedSchema): Writer {
  const name = schema.getName() ?? "";
  const writer = structureWriters.get(name) ?? compileStructure(schema);
  structureWriters.set(name, writer);
  return writer;
}

function compileStructure(schema: NormalizedSchema): Writer {
  const writers = Array.from(
    schema.structIterator(),
    ([member, memberSchema]) => [member, compileValue(memberSchema)] as const,
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

function compileValue(schema: NormalizedSchema): Writer {
  if (schema.isStructSchema()) return structureWriter(schema);
  if (schema.isTimestampSchema()) return (value) => (value as Date).getTime() / 1000;
  if (schema.isListSchema()) return compileList(schema);
  if (schema.isMapSchema()) return compileMap(schema);
  return (value) => value;
}

function compileList(schema: NormalizedSchema): Writer {
  const write = compileValue(schema.getValueSchema());
  return (value) => (value as readonly unknown[]).map((element) => write(element));
}

function compileMap(schema: NormalizedSchema): Writer {
  const write = compileValue(schema.getValueSchema());
  return (value) =>
    Object.fromEntries(
      Object.entries(value as Record<string, unknown>).map(([key, entry]) => [key, write(entry)]),
    );
}
