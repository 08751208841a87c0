import { isIP } from "node:net";
import type {
  EventPattern,
  FieldPattern,
  Matcher,
  NumericRelation,
  Scalar,
  ScalarMatcher,
  TextRelation,
} from "./event-pattern.ts";
import { isObject } from "./read-pattern.ts";
import { matchesPieces } from "./wildcard.ts";

/**
 * Whether the event is as the pattern asks. Of arrays one element is enough; of an array of objects, one
 * that has all that is asked of it. What is absent is so in the whole event. Source: EventBridge user
 * guide, event patterns, and the documentation of the matcher that AWS published (event-ruler).
 */
export function matchesEvent(pattern: EventPattern, event: unknown): boolean {
  return matchesObject(pattern, event, { event, absences: new Map() });
}

/** Absence is asked of each element of an array, and is the same for all of them. */
interface Look {
  readonly event: unknown;
  readonly absences: Map<FieldPattern, boolean>;
}

function matchesObject(pattern: EventPattern, value: unknown, look: Look): boolean {
  const elements = Array.isArray(value) ? elementsOf(value) : [value];
  // Nothing has no fields, which may be what is asked for.
  const candidates = elements.length > 0 ? elements : [undefined];
  return candidates.some((each) => hasAll(pattern, each, look));
}

const hasAll = (pattern: EventPattern, value: unknown, look: Look): boolean =>
  [...pattern.fields].every(([name, field]) => matchesField(field, memberOf(value, name), look)) &&
  pattern.alternatives.every((group) => group.some((each) => hasAll(each, value, look)));

const memberOf = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

function matchesField(field: EventPattern | FieldPattern, value: unknown, look: Look): boolean {
  if ("fields" in field) return matchesObject(field, value, look);
  const leaves = leavesOf(value);
  return field.matchers.some((matcher) =>
    matcher.kind === "exists" && !matcher.isThere
      ? isAbsent(field, look)
      : leaves.some((leaf) => matchesLeaf(matcher, leaf)),
  );
}

const leavesOf = (value: unknown): readonly Scalar[] =>
  elementsOf([value]).filter((each): each is Scalar => each !== undefined && !isObject(each));

/** Of arrays in arrays too. No recursion: an event may nest them deeper than the stack is. */
function elementsOf(array: readonly unknown[]): readonly unknown[] {
  const elements: unknown[] = [];
  const waiting: unknown[] = array.toReversed();
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (!Array.isArray(next)) elements.push(next);
    else for (const each of next.toReversed() as unknown[]) waiting.push(each);
  }
  return elements;
}

function isAbsent(field: FieldPattern, { event, absences }: Look): boolean {
  const known = absences.get(field);
  if (known !== undefined) return known;
  let values: readonly unknown[] = [event];
  for (const name of field.path) values = elementsOf(values.map((each) => memberOf(each, name)));
  const isSo = leavesOf(values).length === 0;
  absences.set(field, isSo);
  return isSo;
}

function matchesLeaf(matcher: Matcher, leaf: Scalar): boolean {
  if (matcher.kind === "exists") return matcher.isThere;
  if (matcher.kind !== "anythingBut") return matchesScalar(matcher, leaf);
  return !matcher.matchers.some((each) => matchesScalar(each, leaf));
}

function matchesScalar(matcher: ScalarMatcher, leaf: Scalar): boolean {
  if (matcher.kind === "equals") return matcher.value === leaf;
  if (matcher.kind === "numeric") {
    return (
      typeof leaf === "number" &&
      matcher.bounds.every(({ relation, limit }) => COMPARE[relation](leaf, limit))
    );
  }
  return typeof leaf === "string" && matchesText(matcher, leaf);
}

type TextMatcher = Exclude<ScalarMatcher, { readonly kind: "equals" | "numeric" }>;

function matchesText(matcher: TextMatcher, text: string): boolean {
  switch (matcher.kind) {
    case "text":
      return RELATE[matcher.how](text, matcher.text);
    case "textIgnoringCase":
      return RELATE[matcher.how](text.toLowerCase(), matcher.text);
    case "wildcard":
      return matchesPieces(matcher.pieces, text);
    case "cidr": {
      const family = isIP(text);
      return family !== 0 && matcher.addresses.check(text, family === 4 ? "ipv4" : "ipv6");
    }
  }
}

const RELATE: Readonly<Record<TextRelation, (text: string, other: string) => boolean>> = {
  equals: (text, other) => text === other,
  startsWith: (text, other) => text.startsWith(other),
  endsWith: (text, other) => text.endsWith(other),
};

const COMPARE: Readonly<Record<NumericRelation, (value: number, limit: number) => boolean>> = {
  "=": (value, limit) => value === limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};
