import { aCandidate } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { matches } from "./matches.ts";
import { parseExpression } from "./parse-expression.ts";

test.each([
  ["1970-01-01", 0],
  ["1969-12-31", -86_400_000],
  ["2000-02-29", 951_782_400_000],
  ["2100-03-01", 4_107_542_400_000],
  ["2024-12-31T23:59:59Z", 1_735_689_599_000],
])("reads the date %s", (date, at) => {
  const parsed = parseExpression(`registeredAt == ${date}`);
  const on = { ...aCandidate({ instance: { registeredAt: at } }), taskIds: [] };
  expect(parsed.kind === "expression" && matches(parsed.expression, on)).toBe(true);
});
