import type { NormalizedSchema } from "@smithy/core/schema";
import { agentStrings, allowedValues, numberKind, requiredMembers } from "./member-rules.ts";
import type { NumberKind } from "./member-rules.ts";
import { missingMember, wrongType } from "./refusals.ts";
import type { Place } from "./refusals.ts";
import {
  enumReader,
  numberReader,
  readBoolean,
  readDocument,
  readString,
  readTimestamp,
} from "./value-readers.ts";
import type { Reader } from "./value-readers.ts";

/** Reads the members of an object that stands at `here`. */
export type StructureReader = (source: JsonObject, here: Place) => JsonObject;

export type JsonObject = Record<string, unknown>;

/** What the model says about a member beyond its schema. */
interface MemberRules {
  readonly allowed: readonly string[] | undefined;
  readonly numberKind: NumberKind;
}

const structureReaders = new Map<string, StructureReader>();

/**
 * A reader made once of a structure's schema and the model's rules: unknown members and null ones
 * are left out, the others must have their type, required ones must be there.
 */
export function structureReader(schema: NormalizedSchema): StructureReader {
  const name = schema.getName() ?? "";
  const reader = structureReaders.get(name) ?? compileStructure(name, schema);
  structureReaders.set(name, reader);
  return reader;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compileStructure(name: string, schema: NormalizedSchema): StructureReader {
  const readers = new Map<string, Reader>();
  for (const [member, memberSchema] of schema.structIterator()) {
    const rules = { allowed: allowedValues(name, member), numberKind: numberKind(name, member) };
    readers.set(member, compileValue(memberSchema, rules));
  }
  for (const member of agentStrings(name)) readers.set(member, readString);
  const required = requiredMembers(name);

  return (source, here) => {
    const result: JsonObject = {};
    for (const member of Object.keys(source)) {
      const read = readers.get(member);
      const value = source[member];
      if (read && value !== null) result[member] = read(value, here, member);
    }
    for (const member of required) {
      if (!Object.hasOwn(result, member)) throw missingMember(here, member);
    }
    return result;
  };
}

function compileValue(schema: NormalizedSchema, rules: MemberRules): Reader {
  if (schema.isStructSchema()) return compileNestedStructure(schema);
  if (schema.isListSchema()) return compileList(schema, rules);
  if (schema.isMapSchema()) return compileMap(schema, rules);
  return compileScalar(schema, rules);
}

function compileScalar(schema: NormalizedSchema, rules: MemberRules): Reader {
  if (schema.isStringSchema()) return rules.allowed ? enumReader(rules.allowed) : readString;
  if (schema.isNumericSchema()) return numberReader(rules.numberKind);
  if (schema.isBooleanSchema()) return readBoolean;
  if (schema.isTimestampSchema()) return readTimestamp;
  if (schema.isDocumentSchema()) return readDocument;
  throw new Error(`No reader for the schema of ${schema.getMemberName()}.`);
}

function compileNestedStructure(schema: NormalizedSchema): Reader {
  const readMembers = structureReader(schema);
  return (value, parent, step) => {
    if (!isJsonObject(value)) throw wrongType(value, "Map", parent, step);
    return readMembers(value, { parent, step });
  };
}

function compileList(schema: NormalizedSchema, rules: MemberRules): Reader {
  const readElement = compileValue(schema.getValueSchema(), rules);
  return (value, parent, step) => {
    if (!Array.isArray(value)) throw wrongType(value, "List", parent, step);
    const here = { parent, step };
    return value.map((element: unknown, index) => {
      if (element === null) throw missingMember(here, index);
      return readElement(element, here, index);
    });
  };
}

function compileMap(schema: NormalizedSchema, rules: MemberRules): Reader {
  const readValue = compileValue(schema.getValueSchema(), rules);
  return (value, parent, step) => {
    if (!isJsonObject(value)) throw wrongType(value, "Map", parent, step);
    const here = { parent, step };
    // From entries, because a plain assignment would lose a key named `__proto__`.
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => {
        if (entry === null) throw missingMember(here, key);
        return [key, readValue(entry, here, key)];
      }),
    );
  };
}
