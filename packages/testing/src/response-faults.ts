import { allowedValues } from "@berth/contracts/ecs-api/member-rules";
import type { NormalizedSchema } from "@smithy/core/schema";

/**
 * What in an answer is not as the SDK's schema has it: members that it does not know, wrong types,
 * nulls, enum values outside of the model. Takes an answer as it is printed and as a command gives it:
 * there, what is undefined will not be printed, and times are dates.
 */
export function responseFaults(schema: NormalizedSchema, value: unknown): readonly string[] {
  return [...faultsOf(schema, value, { at: "$" })];
}

interface Place {
  readonly at: string;
  readonly allowed?: readonly string[] | undefined;
}

function* faultsOf(schema: NormalizedSchema, value: unknown, place: Place): Generator<string> {
  if (schema.isDocumentSchema()) return;
  if (schema.isStructSchema()) yield* structureFaults(schema, value, place);
  else if (schema.isListSchema()) yield* listFaults(schema, value, place);
  else if (schema.isMapSchema()) yield* mapFaults(schema, value, place);
  else if (!isOfType(schema, value)) {
    yield `${place.at} is no ${scalarType(schema)}: ${JSON.stringify(value)}`;
  } else if (place.allowed && !place.allowed.includes(String(value))) {
    yield `${place.at} is ${String(value)}, which the model does not have`;
  }
}

function* structureFaults(
  schema: NormalizedSchema,
  value: unknown,
  { at }: Place,
): Generator<string> {
  if (!isObject(value)) return yield `${at} is no structure`;
  const members = new Map(schema.structIterator());
  for (const [name, member] of Object.entries(value)) {
    const memberSchema = members.get(name);
    if (member === undefined) continue;
    if (!memberSchema) yield `${at}.${name} is not in the model`;
    else {
      const allowed = allowedValues(schema.getName() ?? "", name);
      yield* faultsOf(memberSchema, member, { at: `${at}.${name}`, allowed });
    }
  }
}

function* listFaults(schema: NormalizedSchema, value: unknown, place: Place): Generator<string> {
  if (!Array.isArray(value)) return yield `${place.at} is no list`;
  for (const each of value) {
    yield* faultsOf(schema.getValueSchema(), each, { ...place, at: `${place.at}[]` });
  }
}

function* mapFaults(schema: NormalizedSchema, value: unknown, { at }: Place): Generator<string> {
  if (!isObject(value)) return yield `${at} is no map`;
  for (const each of Object.values(value)) {
    yield* faultsOf(schema.getValueSchema(), each, { at: `${at}{}` });
  }
}

const isOfType = (schema: NormalizedSchema, value: unknown): boolean =>
  typeof value === scalarType(schema) ||
  (schema.isTimestampSchema() && value instanceof Date && !Number.isNaN(value.getTime()));

/** Printed times are numbers of seconds. */
function scalarType(schema: NormalizedSchema): "boolean" | "number" | "string" {
  if (schema.isBooleanSchema()) return "boolean";
  return schema.isNumericSchema() || schema.isTimestampSchema() ? "number" : "string";
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
