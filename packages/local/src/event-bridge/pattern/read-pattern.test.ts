import { expect, test } from "vitest";
import { readPattern } from "./read-pattern.ts";

const reason = (text: string) => {
  const reading = readPattern(text);
  return reading.kind === "malformed" ? reading.reason : "read";
};

const of = (matcher: unknown) => JSON.stringify({ detail: { a: [matcher] } });

test.each([
  ["", "Invalid JSON"],
  ["{", "Invalid JSON"],
  ["[]", "Filter is not an object"],
  [`"x"`, "Filter is not an object"],
  ["null", "Filter is not an object"],
  ["{}", "Empty objects are not allowed"],
  [`{"detail":{}}`, "Empty objects are not allowed (at detail)"],
  [`{"source":"x"}`, `"source" must be an object or an array (at source)`],
  [`{"detail":{"a":null}}`, `"a" must be an object or an array (at detail.a)`],
  [`{"source":[]}`, "Empty arrays are not allowed (at source)"],
  [of([1]), "Match value must be String, number, true, false, or null (at detail.a)"],
  [of({}), "Match expression name not found (at detail.a)"],
  [of({ startsWith: "x" }), "Unrecognized match type startsWith (at detail.a)"],
  [of({ valueOf: "x" }), "Unrecognized match type valueOf (at detail.a)"],
  [of({ prefix: "a", suffix: "b" }), "Only one key allowed in match expression (at detail.a)"],
  [of({ prefix: 1 }), "prefix match pattern must be a string (at detail.a)"],
  [of({ suffix: null }), "suffix match pattern must be a string (at detail.a)"],
  [of({ prefix: { wildcard: "x" } }), "Unsupported prefix pattern: wildcard (at detail.a)"],
  [
    of({ prefix: { "equals-ignore-case": ["x"] } }),
    "equals-ignore-case match pattern must be a string (at detail.a)",
  ],
  [
    of({ "equals-ignore-case": 1 }),
    "equals-ignore-case match pattern must be a string (at detail.a)",
  ],
  [of({ exactly: 1 }), "exact match pattern must be a string (at detail.a)"],
  [of({ exists: "true" }), "exists match pattern must be either true or false. (at detail.a)"],
  [of({ wildcard: 1 }), "wildcard match pattern must be a string (at detail.a)"],
  [of({ wildcard: "a**" }), "Consecutive wildcard characters at pos 2 (at detail.a)"],
  [of({ wildcard: "a\\b" }), "Invalid escape character at pos 1 (at detail.a)"],
  [of({ wildcard: "a\\" }), "Invalid escape character at pos 1 (at detail.a)"],
  [of({ cidr: "10.0.0.0" }), "Malformed CIDR: 10.0.0.0 (at detail.a)"],
  [of({ cidr: "10.0.0.0/33" }), "Malformed CIDR: 10.0.0.0/33 (at detail.a)"],
  [of({ cidr: "10.0.0/8" }), "Malformed CIDR: 10.0.0/8 (at detail.a)"],
  [of({ cidr: "fe80::%lo/10" }), "Malformed CIDR: fe80::%lo/10 (at detail.a)"],
  [of({ cidr: "::/129" }), "Malformed CIDR: ::/129 (at detail.a)"],
  [of({ numeric: 5 }), "Value of numeric must be an array. (at detail.a)"],
  [
    of({ numeric: [">"] }),
    "A numeric match is a relation and a number, or two of each (at detail.a)",
  ],
  [of({ numeric: ["!=", 5] }), "Unrecognized numeric range operator: != (at detail.a)"],
  [of({ numeric: [">", "5"] }), "Value of > must be numeric (at detail.a)"],
  [of({ numeric: [">", 5e10] }), "Value must be between -5.0E9 and 5.0E9, inclusive (at detail.a)"],
  [of({ numeric: [">", 5, "<", 5] }), "Bottom must be less than top (at detail.a)"],
  [of({ numeric: ["<", 5, ">", 1] }), "Bad numeric range operator: > (at detail.a)"],
  [of({ numeric: ["=", 5, "<", 6] }), "Bad numeric range operator: < (at detail.a)"],
  [of({ "anything-but": { cidr: "x" } }), "Unsupported anything-but pattern: cidr (at detail.a)"],
  [of({ "anything-but": { prefix: "" } }), "Null prefix/suffix not allowed (at detail.a)"],
  [of({ "anything-but": { suffix: [] } }), "Empty arrays are not allowed (at detail.a)"],
  [of({ "anything-but": { prefix: [1] } }), "prefix match pattern must be a string (at detail.a)"],
  [`{"$or":{"a":[1]}}`, "It must be an Array followed with $or."],
  [`{"$or":[{"a":[1]}]}`, "There must have at least 2 Objects in $or relationship."],
  [
    `{"detail":{"$or":[{"a":[1]},[]]}}`,
    "Only JSON object is allowed in array of $or relationship. (at detail)",
  ],
  [
    `{"$or":[{"a":[1]},{"prefix":["x"]}]}`,
    "prefix is Ruler reserved fieldName which cannot be used inside $or.",
  ],
  [`{"$or":[{"a":[1]},{}]}`, "Empty objects are not allowed"],
])("%s is refused: %s", (text, expected) => {
  expect(reason(text)).toBe(expected);
});

test.each([[null], [true], [["a", 1]], [[]], [[null]]])(
  "anything-but takes neither mixed nor other values: %j",
  (operand) => {
    expect(reason(of({ "anything-but": operand }))).toBe(
      "Value of anything-but must be a string, a number, or a list of strings or of numbers (at detail.a)",
    );
  },
);

test("names that objects inherit are fields like others", () => {
  expect(reason(`{"__proto__":["x"],"constructor":{"valueOf":[1]}}`)).toBe("read");
});
