import { expect, test } from "vitest";
import { parseExpression } from "./parse-expression.ts";

test("survives as many parentheses as fit", () => {
  expect(parseExpression("(".repeat(2000))).toMatchObject({ kind: "invalid" });
  expect(parseExpression("!".repeat(2000))).toMatchObject({ kind: "invalid" });
});

test("takes just as many characters as ECS does", () => {
  const text = `attribute:a == ${"a".repeat(1985)}`;
  expect(text).toHaveLength(2000);
  expect(parseExpression(text).kind).toBe("expression");
});
