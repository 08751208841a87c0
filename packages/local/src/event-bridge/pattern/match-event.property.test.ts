import * as fc from "fast-check";
import { expect, test } from "vitest";
import { matchesEvent } from "./match-event.ts";
import { readPattern } from "./read-pattern.ts";

/* Few and short names and values, so that patterns and events meet. */

const name = fc.constantFrom("a", "b", "c");
const scalar = fc.constantFrom<unknown>("", "x", "xy", "Y", 0, 1, 2, true, null);
const text = fc.constantFrom("x", "y", "xy");

const anEvent = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(name, tie("value"), { maxKeys: 3 }),
})).object;

const matcher: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.boolean().map((exists) => ({ exists })),
  text.map((prefix) => ({ prefix })),
  text.map((suffix) => ({ suffix: { "equals-ignore-case": suffix } })),
  fc.constantFrom("x*", "*y", "*").map((wildcard) => ({ wildcard })),
  text.map((excluded) => ({ "anything-but": excluded })),
  fc.constantFrom(0, 1).map((limit) => ({ numeric: [">", limit] })),
);

type PatternJson = { readonly [key: string]: unknown };

const aPattern = fc.letrec<{ object: PatternJson; leaf: unknown }>((tie) => ({
  leaf: fc.array(matcher, { minLength: 1, maxLength: 2 }),
  object: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.dictionary(name, tie("leaf"), { minKeys: 1, maxKeys: 2 }),
    fc.dictionary(name, fc.oneof(tie("leaf"), tie("object")), { minKeys: 1, maxKeys: 2 }),
    fc
      .tuple(
        fc.dictionary(name, tie("leaf"), { minKeys: 0, maxKeys: 1 }),
        fc.array(tie("object"), { minLength: 2, maxLength: 2 }),
      )
      .map(([fields, $or]) => Object.assign({}, fields, { $or })),
  ),
})).object;

function matches(pattern: PatternJson, event: unknown): boolean {
  const reading = readPattern(JSON.stringify(pattern));
  if (reading.kind === "malformed") throw new Error(reading.reason);
  return matchesEvent(reading.pattern, event);
}

/* The same by other means, those of AWS's documentation of its matcher: the event as a list of names and
   values, the pattern as a list of branches, and a field for each name so that no two are of different
   elements of one array. */

type Position = ReadonlyMap<string, number>;
interface Field {
  readonly path: string;
  readonly value: unknown;
  readonly position: Position;
}

function flatten(value: unknown, path: string, place: string, position: Position): Field[] {
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown, index) =>
      flatten(each, path, `${place}[${index}]`, new Map([...position, [place, index]])),
    );
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, each]) =>
      flatten(each, `${path}/${key}`, `${place}/${key}`, position),
    );
  }
  // Of an array of values each demand may have another one.
  const ofObjects = [...position].filter(([array]) => array.replaceAll(/\[\d+\]/g, "") !== path);
  return [{ path, value, position: new Map(ofObjects) }];
}

type Demand = readonly [path: string, matchers: readonly unknown[]];

function branchesOf(pattern: PatternJson, path: string): readonly (readonly Demand[])[] {
  let branches: readonly (readonly Demand[])[] = [[]];
  for (const [key, value] of Object.entries(pattern)) {
    const more = moreOf(key, value, path);
    branches = branches.flatMap((one) => more.map((other) => one.concat(other)));
  }
  return branches;
}

function moreOf(key: string, value: unknown, path: string): readonly (readonly Demand[])[] {
  if (key === "$or") return (value as PatternJson[]).flatMap((each) => branchesOf(each, path));
  if (Array.isArray(value)) return [[[`${path}/${key}`, value]]];
  return branchesOf(value as PatternJson, `${path}/${key}`);
}

function holds(asked: unknown, value: unknown): boolean {
  if (typeof asked !== "object" || asked === null) return asked === value;
  const [[operator, operand] = ["", undefined]] = Object.entries(asked);
  if (operator === "exists") return operand === true;
  if (operator === "anything-but") return value !== operand;
  if (operator === "numeric") return typeof value === "number" && value > operand[1];
  return typeof value === "string" && holdsOfText(operator, operand, value);
}

function holdsOfText(operator: string, operand: unknown, value: string): boolean {
  if (operator === "prefix") return value.startsWith(String(operand));
  if (operator === "wildcard") {
    return new RegExp(`^${String(operand).replace("*", ".*")}$`).test(value);
  }
  const { "equals-ignore-case": end } = operand as { "equals-ignore-case": string };
  return value.toLowerCase().endsWith(end);
}

const agree = (one: Position, other: Position): boolean =>
  [...one].every(([place, index]) => (other.get(place) ?? index) === index);

function canMeet(
  demands: readonly Demand[],
  fields: readonly Field[],
  position: Position,
): boolean {
  const [demand, ...others] = demands;
  if (!demand) return true;
  const [path, matchers] = demand;
  const there = fields.filter((field) => field.path === path);
  const wantsAbsence = matchers.some((each) => JSON.stringify(each) === `{"exists":false}`);
  if (wantsAbsence && there.length === 0) return canMeet(others, fields, position);
  return there.some(
    (field) =>
      agree(field.position, position) &&
      matchers.some((each) => holds(each, field.value)) &&
      canMeet(others, fields, new Map([...position, ...field.position])),
  );
}

test("a pattern matches what a naive evaluator says that it matches", () => {
  fc.assert(
    fc.property(aPattern, anEvent, (pattern, event) => {
      const fields = flatten(event, "", "", new Map());
      const expected = branchesOf(pattern, "").some((each) => canMeet(each, fields, new Map()));
      expect(matches(pattern, event)).toBe(expected);
    }),
    { numRuns: 1_000 },
  );
});

test("another value matches no less, another field no more", () => {
  fc.assert(
    fc.property(aPattern, anEvent, name, matcher, (pattern, event, key, more) => {
      const field = pattern[key];
      const before = matches(pattern, event);
      const values = Array.isArray(field) ? (field as unknown[]) : [];
      const after = matches({ ...pattern, [key]: [...values, more] }, event);
      const isWider = Array.isArray(field);
      const isNarrower = field === undefined;
      expect([isWider && before && !after, isNarrower && after && !before]).toEqual([false, false]);
    }),
  );
});

test("$or is or, and the rest is and", () => {
  fc.assert(
    fc.property(aPattern, aPattern, aPattern, anEvent, (one, two, three, event) => {
      const [first, second, third] = [one, two, three].map((each) => matches(each, event));
      expect(matches({ $or: [one, two, three] }, event)).toBe(first || second || third);
      const both = { p: one, q: two };
      expect(matches(both, { p: event, q: event })).toBe(first && second);
    }),
  );
});
