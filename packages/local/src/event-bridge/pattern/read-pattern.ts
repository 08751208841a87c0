import type { EventPattern, FieldPattern } from "./event-pattern.ts";
import { fault, PatternFault } from "./pattern-fault.ts";
import { readMatcher } from "./read-matcher.ts";

export type PatternReading =
  | { readonly kind: "read"; readonly pattern: EventPattern }
  | { readonly kind: "malformed"; readonly reason: string };

/**
 * Reads an event pattern whole or says why it is none, in EventBridge's words where they are known.
 * Source: EventBridge user guide, event patterns and comparison operators.
 */
export function readPattern(text: string): PatternReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: "malformed", reason: "Invalid JSON" };
  }
  try {
    if (!isObject(json)) fault("Filter is not an object", []);
    return { kind: "read", pattern: readObject(json, []) };
  } catch (error) {
    if (error instanceof PatternFault) return { kind: "malformed", reason: error.message };
    throw error;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const OR = "$or";

function readObject(json: JsonObject, path: readonly string[]): EventPattern {
  const entries = Object.entries(json);
  if (entries.length === 0) fault("Empty objects are not allowed", path);
  const fields = entries.filter(([name]) => name !== OR);
  return {
    fields: new Map(fields.map(([name, value]) => [name, readField(value, [...path, name])])),
    alternatives: Object.hasOwn(json, OR) ? [readAlternatives(json[OR], path)] : [],
  };
}

function readField(value: unknown, path: readonly string[]): EventPattern | FieldPattern {
  if (isObject(value)) return readObject(value, path);
  if (!Array.isArray(value)) fault(`"${path.at(-1)}" must be an object or an array`, path);
  if (value.length === 0) fault("Empty arrays are not allowed", path);
  return { path, matchers: value.map((each: unknown) => readMatcher(each, path)) };
}

/** So that nobody who leaves out brackets asks for something else than he sees. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "anything-but",
  "cidr",
  "equals-ignore-case",
  "exactly",
  "exists",
  "numeric",
  "prefix",
  "suffix",
  "wildcard",
]);

function readAlternatives(value: unknown, path: readonly string[]): readonly EventPattern[] {
  if (!Array.isArray(value)) fault(`It must be an Array followed with ${OR}.`, path);
  if (value.length < 2) {
    fault(`There must have at least 2 Objects in ${OR} relationship.`, path);
  }
  return value.map((each: unknown) => {
    if (!isObject(each)) {
      fault(`Only JSON object is allowed in array of ${OR} relationship.`, path);
    }
    const reserved = Object.keys(each).find((name) => RESERVED_NAMES.has(name));
    if (reserved !== undefined) {
      fault(`${reserved} is Ruler reserved fieldName which cannot be used inside ${OR}.`, path);
    }
    return readObject(each, path);
  });
}
