import { BlockList, isIP } from "node:net";
import {
  type Matcher,
  NUMERIC_RELATIONS,
  type NumericBound,
  type NumericRelation,
  type Scalar,
  type ScalarMatcher,
  type TextRelation,
} from "./event-pattern.ts";
import { fault } from "./pattern-fault.ts";
import { wildcardPieces } from "./wildcard.ts";

type Path = readonly string[];

/**
 * Reads one of the values that a field may have.
 *
 * @throws PatternFault
 */
export function readMatcher(value: unknown, path: Path): Matcher {
  if (isScalar(value)) return { kind: "equals", value };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fault("Match value must be String, number, true, false, or null", path);
  }
  const [name, operand] = onlyEntry(value, path);
  const read = OPERATORS.get(name);
  return read ? read(operand, path) : fault(`Unrecognized match type ${name}`, path);
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

function onlyEntry(value: object, path: Path): readonly [string, unknown] {
  const [entry, ...others] = Object.entries(value) as [string, unknown][];
  if (!entry) fault("Match expression name not found", path);
  if (others.length > 0) fault("Only one key allowed in match expression", path);
  return entry;
}

type OperatorReader = (operand: unknown, path: Path) => Matcher;

const OPERATORS: ReadonlyMap<string, OperatorReader> = new Map<string, OperatorReader>([
  ["anything-but", readAnythingBut],
  ["cidr", readCidr],
  ["equals-ignore-case", (operand, path) => ignoringCase("equals", operand, path)],
  ["exactly", (operand, path) => ({ kind: "equals", value: textOf("exact", operand, path) })],
  ["exists", readExists],
  ["numeric", readNumeric],
  ["prefix", (operand, path) => readAffix("prefix", operand, path)],
  ["suffix", (operand, path) => readAffix("suffix", operand, path)],
  ["wildcard", readWildcard],
]);

function textOf(name: string, operand: unknown, path: Path): string {
  return typeof operand === "string"
    ? operand
    : fault(`${name} match pattern must be a string`, path);
}

const ignoringCase = (how: TextRelation, operand: unknown, path: Path): ScalarMatcher => ({
  kind: "textIgnoringCase",
  how,
  text: textOf("equals-ignore-case", operand, path).toLowerCase(),
});

const AFFIX_RELATIONS = { prefix: "startsWith", suffix: "endsWith" } as const;

function readAffix(name: "prefix" | "suffix", operand: unknown, path: Path): ScalarMatcher {
  const how = AFFIX_RELATIONS[name];
  if (typeof operand !== "object" || operand === null) {
    return { kind: "text", how, text: textOf(name, operand, path) };
  }
  const [inner, text] = onlyEntry(operand, path);
  if (inner !== "equals-ignore-case") fault(`Unsupported ${name} pattern: ${inner}`, path);
  return ignoringCase(how, text, path);
}

function readWildcard(operand: unknown, path: Path): ScalarMatcher {
  return { kind: "wildcard", pieces: wildcardPieces(textOf("wildcard", operand, path), path) };
}

function readExists(operand: unknown, path: Path): Matcher {
  if (typeof operand === "boolean") return { kind: "exists", isThere: operand };
  return fault("exists match pattern must be either true or false.", path);
}

function readCidr(operand: unknown, path: Path): ScalarMatcher {
  const text = textOf("cidr", operand, path);
  const [, address = "", bits = ""] = /^([^/%]+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) {
    fault(`Malformed CIDR: ${text}`, path);
  }
  const addresses = new BlockList();
  addresses.addSubnet(address, Number(bits), family === 4 ? "ipv4" : "ipv6");
  return { kind: "cidr", addresses };
}

const LEAST_NUMBER = -5e9;
const GREATEST_NUMBER = 5e9;

function readNumeric(operand: unknown, path: Path): ScalarMatcher {
  if (!Array.isArray(operand)) fault("Value of numeric must be an array.", path);
  if (operand.length !== 2 && operand.length !== 4) {
    fault("A numeric match is a relation and a number, or two of each", path);
  }
  const bounds: NumericBound[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    bounds.push(readBound(operand[index], operand[index + 1], path));
  }
  checkRange(bounds, path);
  return { kind: "numeric", bounds };
}

function readBound(relation: unknown, limit: unknown, path: Path): NumericBound {
  if (!isRelation(relation)) {
    fault(`Unrecognized numeric range operator: ${String(relation)}`, path);
  }
  if (typeof limit !== "number") fault(`Value of ${relation} must be numeric`, path);
  if (limit < LEAST_NUMBER || limit > GREATEST_NUMBER) {
    fault("Value must be between -5.0E9 and 5.0E9, inclusive", path);
  }
  return { relation, limit };
}

const isRelation = (value: unknown): value is NumericRelation =>
  NUMERIC_RELATIONS.some((each) => each === value);

/** A range has its lower end first. */
function checkRange([lower, upper]: readonly NumericBound[], path: Path): void {
  if (!lower || !upper) return;
  if (!lower.relation.startsWith(">") || !upper.relation.startsWith("<")) {
    fault(`Bad numeric range operator: ${upper.relation}`, path);
  }
  if (lower.limit >= upper.limit) fault("Bottom must be less than top", path);
}

function readAnythingBut(operand: unknown, path: Path): Matcher {
  if (typeof operand !== "object" || operand === null || Array.isArray(operand)) {
    return { kind: "anythingBut", matchers: readExcluded(operand, path) };
  }
  const [name, excluded] = onlyEntry(operand, path);
  const read = EXCLUDABLE.get(name) ?? fault(`Unsupported anything-but pattern: ${name}`, path);
  const list: readonly unknown[] = Array.isArray(excluded) ? excluded : [excluded];
  if (list.length === 0) fault("Empty arrays are not allowed", path);
  if (list.includes("") && name.endsWith("fix")) fault("Null prefix/suffix not allowed", path);
  return { kind: "anythingBut", matchers: list.map((each) => read(each, path)) };
}

type ExcludedReader = (operand: unknown, path: Path) => ScalarMatcher;

/** Those that take the single texts of a list, and texts alone. */
const EXCLUDABLE: ReadonlyMap<string, ExcludedReader> = new Map<string, ExcludedReader>([
  ["equals-ignore-case", (operand, path) => ignoringCase("equals", operand, path)],
  ["prefix", (operand, path) => excludedAffix("prefix", operand, path)],
  ["suffix", (operand, path) => excludedAffix("suffix", operand, path)],
  ["wildcard", readWildcard],
]);

const excludedAffix = (name: "prefix" | "suffix", operand: unknown, path: Path): ScalarMatcher => ({
  kind: "text",
  how: AFFIX_RELATIONS[name],
  text: textOf(name, operand, path),
});

function readExcluded(operand: unknown, path: Path): readonly ScalarMatcher[] {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const types = new Set(list.map((each) => typeof each));
  const [type] = types;
  if (types.size !== 1 || (type !== "string" && type !== "number")) {
    fault(
      "Value of anything-but must be a string, a number, or a list of strings or of numbers",
      path,
    );
  }
  return (list as readonly Scalar[]).map((value) => ({ kind: "equals", value }));
}
