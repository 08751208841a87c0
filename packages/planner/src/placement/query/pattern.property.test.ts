import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePattern } from "./parse-pattern.ts";
import { matchesWhole } from "./pattern.ts";

const whole = (pattern: string, text: string) => matchesWhole(parsePattern(pattern), text);

/** Patterns over a and b, of every kind that is read. */
const { pattern: patterns } = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "[a-b]", "\\w", "\\d", "\\S", "\\.", "^", "$"),
    tie("pattern").map((inner) => `(${inner})`),
    tie("pattern").map((inner) => `(?:${inner})`),
  ),
  pattern: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("atom"),
    fc
      .tuple(tie("atom"), fc.constantFrom("*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"))
      .map(([atom, times]) => (/^[$^]$/.test(atom) ? atom : atom + times)),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => a + b),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `${a}|${b}`),
  ),
}));

const texts = fc.string({ unit: fc.constantFrom("a", "b", ".", "1"), maxLength: 5 });

test("matches what JavaScript's own regular expressions match as a whole", () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(whole(pattern, text)).toBe(new RegExp(`^(?:${pattern})$`).test(text));
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["^ab$", "ab", true],
  ["a^b", "ab", false],
  ["a$b", "ab", false],
  ["a+?b", "aab", true],
  ["a+?b", "b", false],
  ["[a-c]", "b", true],
  ["[a-c]", "c", true],
  ["[a-c]", "d", false],
  ["[a-c]", "-", false],
  ["[a-]", "-", true],
  ["[a-\\d]", "7", true],
  ["[a-\\d]", "-", true],
  ["[\\]]", "]", true],
  ["a\\sb", "a b", true],
  ["a\\sb", "a.b", false],
  ["\\D", "a", true],
  ["\\D", "1", false],
  ["\\W", "-", true],
  ["\\W", "a", false],
  ["a{1,12}", "a".repeat(12), true],
  ["a{1999}", "a".repeat(1999), true],
])("%s on %s: %s", (pattern, text, expected) => {
  expect(whole(pattern, text)).toBe(expected);
});

test("takes no longer for patterns that make others backtrack", () => {
  expect(whole("(a+)+b", "a".repeat(2000))).toBe(false);
  expect(whole("((a|aa)*)*c", "a".repeat(2000))).toBe(false);
  expect(whole("(a?){200}a{200}", "a".repeat(200))).toBe(true);
});

describe("parsePattern refuses", () => {
  test.each([
    ["*a", "pattern *a: * at its character 1 repeats nothing"],
    ["(a", "pattern (a: the end at its character 3 should be )"],
    ["a)", "pattern a): ) at its character 2 is not expected"],
    ["[a", "pattern [a: the end at its character 3 comes too early"],
    ["a\\", "pattern a\\: the end at its character 3 comes too early"],
    ["a{,2}", "pattern a{,2}: { at its character 2 is not a repetition"],
    ["a{2,1}", "pattern a{2,1}: { at its character 2 has its limits the wrong way round"],
    ["(?=a)", "pattern (?=a): = at its character 3 is not supported after (?"],
    ["(a)\\1", "pattern (a)\\1: 1 at its character 5 is not a supported escape"],
    [
      "(a{1000}){1000}",
      "pattern (a{1000}){1000}: the end at its character 16 would make it too large",
    ],
    ["a{x{2}", "pattern a{x{2}: { at its character 2 is not a repetition"],
    ["a{0,3000}", "pattern a{0,3000}: the end at its character 10 would make it too large"],
    ["a{2000}", "pattern a{2000}: is too large"],
    ["a{1000}".repeat(3), `pattern ${"a{1000}".repeat(3)}: is too large`],
  ])("%s", (pattern, message) => {
    expect(() => parsePattern(pattern)).toThrow(message);
  });
});
