import type { Expectation } from "./scenario.ts";

/** What became of one request. */
export interface Outcome {
  /** Names of the instances, one for each task that was placed. */
  readonly placed: readonly string[];
  readonly unplaced: number;
  /** Reasons by the name of the instance; `none` where there was no instance. */
  readonly failures: Readonly<Record<string, string>>;
  /** Names of the instances, one for each task that was stopped. */
  readonly stopped: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
}

export const NOTHING: Outcome = { placed: [], unplaced: 0, failures: {}, stopped: [] };

type Counts = Readonly<Record<string, number>>;

/** What of the expectation is not met: a sentence for each. */
export function check(
  expected: Expectation,
  outcome: Outcome,
  zoneOf: (instance: string) => string,
): readonly string[] {
  const { error } = outcome;
  if (expected.error || error) return compare("error", error, expected.error);
  const placed = countBy(outcome.placed);
  return [
    ...oneOf("placed", placed, alternatives(expected.placed, expected.placedAnyOf)),
    ...oneOf(
      "stopped",
      countBy(outcome.stopped),
      alternatives(expected.stopped, expected.stoppedAnyOf),
    ),
    ...(expected.zones
      ? compare("zones", countBy(outcome.placed.map(zoneOf)), expected.zones)
      : []),
    ...(expected.among ? outside(outcome.placed, expected.among) : []),
    ...compare("unplaced", outcome.unplaced, expected.unplaced),
    ...(expected.failures ? compare("failures", outcome.failures, expected.failures) : []),
  ];
}

const alternatives = (
  only: Counts | undefined,
  anyOf: readonly Counts[] | undefined,
): readonly Counts[] | undefined => (only ? [only] : anyOf);

function oneOf(
  what: string,
  actual: Counts,
  allowed: readonly Counts[] | undefined,
): readonly string[] {
  if (!allowed || allowed.some((each) => isSame(actual, withoutZeros(each)))) return [];
  return [`${what}: ${text(actual)}, allowed: ${allowed.map(text).join(" or ")}`];
}

function outside(placed: readonly string[], among: readonly string[]): readonly string[] {
  const others = placed.filter((instance) => !among.includes(instance));
  return others.length === 0 ? [] : [`placed on ${others.join(", ")}, not among ${text(among)}`];
}

const compare = (what: string, actual: unknown, expected: unknown): readonly string[] =>
  isSame(actual, expected) ? [] : [`${what}: ${text(actual)}, expected: ${text(expected)}`];

function countBy(names: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const withoutZeros = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

const isSame = (a: unknown, b: unknown): boolean => text(a) === text(b);

/** With members in the order of their names. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  ) ?? "nothing";
