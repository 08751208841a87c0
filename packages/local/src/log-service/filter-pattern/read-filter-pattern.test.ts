import { describe, expect, test } from "vitest";
import { readFilterPattern } from "./read-filter-pattern.ts";

const ERROR = "[ERROR] 500 could not reach the database";
const ORDER = JSON.stringify({
  level: "error",
  status: 502,
  ok: false,
  user: null,
  route: { path: "/api/orders" },
  tags: ["a", "b"],
});

describe("terms", () => {
  test.each([
    ["", true],
    ["  ", true],
    ["ERROR", true],
    ["error", false],
    ["ERROR database", true],
    ["ERROR cache", false],
    ['"could not reach"', true],
    ['"not could"', false],
    ["?cache ?database", true],
    ["?cache ?queue", false],
    ["-database", false],
    ["ERROR -cache", true],
    ['-"could not"', false],
    ['"[ERROR]"', true],
    // Beside what must be there, what may be changes nothing.
    ["ERROR ?cache", true],
    [String.raw`"a \"b\""`, false],
  ])("%j of %s", (pattern, expected) => {
    expect(readFilterPattern(pattern)(ERROR)).toBe(expected);
  });

  test("may have quotation marks within", () => {
    expect(readFilterPattern(String.raw`"say \"yes\""`)('to say "yes" to')).toBe(true);
    expect(readFilterPattern(String.raw`"\"yes"`)('to say "yes" to')).toBe(true);
  });
});

describe("JSON", () => {
  test.each([
    ['{ $.level = "error" }', true],
    ['{ $.level = "err*" }', true],
    ['{ $.level = "*rr" }', false],
    ['{ $.level != "error" }', false],
    ['{ $.absent != "error" }', false],
    ["{ $.level = error }", true],
    ["{ $.status = 502 }", true],
    ['{ $.status = "502" }', false],
    ["{ $.status >= 500 && $.status < 600 }", true],
    ["{ $.status > 502 }", false],
    ["{ $.status <= 501 || $.ok IS FALSE }", true],
    ["{ ($.status = 1 || $.status = 502) && $.level = error }", true],
    // && binds before ||.
    ['{ $.status = 502 || $.status = 1 && $.level = "x" }', true],
    ["{ $.user IS NULL }", true],
    ["{ $.ok IS TRUE }", false],
    ["{ $.absent NOT EXISTS }", true],
    ["{ $.user NOT EXISTS }", false],
    ['{ $.route.path = "/api/*" }', true],
    ['{ $.tags[1] = "b" }', true],
    ['{ $.tags[2] = "b" }', false],
    ["{ $.constructor NOT EXISTS }", true],
  ])("%s", (pattern, expected) => {
    expect(readFilterPattern(pattern)(ORDER)).toBe(expected);
  });

  test("never matches what is none", () => {
    expect(readFilterPattern("{ $.a NOT EXISTS }")("no JSON")).toBe(false);
  });
});

test.each([
  ['ERROR "open', "quotation marks"],
  ["-", "a term is empty"],
  ["[ip, user]", "columns"],
  ["%[0-9]+%", "regular expressions"],
  ["{ $.a = 1", "ends too early"],
  ["{ $.a = 1 } x", "follows the closing brace"],
  ["{ a = 1 }", "no selector"],
  ["{ $.a ~ 1 }", "no comparison"],
  ["{ $.a > x }", "no number"],
  ["{ $.a IS ODD }", "IS ODD"],
  ["{ $.a NOT 1 }", "EXISTS"],
  ["{ ($.a = 1 }", "expected )"],
  ['{ $.a = "open }', "unexpected"],
])("%j is refused in words", (pattern, told) => {
  expect(() => readFilterPattern(pattern)).toThrow(told);
});
