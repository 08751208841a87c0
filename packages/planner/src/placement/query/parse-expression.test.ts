import { describe, expect, test } from "vitest";
import { parseExpression } from "./parse-expression.ts";

describe("parseExpression refuses", () => {
  test.each([
    ["", "expected a subject at character 1 but found the end"],
    ["zone == a", "zone at character 1 is not a subject"],
    ["attribute: == a", "attribute: at character 1 is not a subject"],
    ["xattribute:zone == a", "xattribute:zone at character 1 is not a subject"],
    [
      "agentConnected == untrue",
      "agentConnected needs true or false at character 19 but was given untrue",
    ],
    [
      "agentConnected == trueish",
      "agentConnected needs true or false at character 19 but was given trueish",
    ],
    [
      "registeredAt > x2018-06-18",
      "registeredAt needs a date at character 16 but was given x2018-06-18",
    ],
    [
      "registeredAt > 2018-06-18x",
      "registeredAt needs a date at character 16 but was given 2018-06-18x",
    ],
    ["attribute:zone", "expected an operator at character 15 but found the end"],
    ["attribute:zone is a", "expected an operator at character 16 but found is a"],
    ["attribute:zone inside a", "expected an operator at character 16 but found inside a"],
    ["attribute:zone ==", "expected a value at character 18 but found the end"],
    ["attribute:zone == 'a", "expected a value at character 19 but found 'a"],
    ["attribute:zone in a", "expected '[' at character 19 but found a"],
    ["attribute:zone in [a, b", "expected ']' at character 24 but found the end"],
    ["attribute:zone in []", "expected a value at character 20 but found ]"],
    ["(attribute:zone == a", "expected ')' at character 21 but found the end"],
    ["attribute:zone == a)", "expected 'and', 'or' or the end at character 20 but found )"],
    [
      "attribute:zone == a attribute:zone == b",
      "expected 'and', 'or' or the end at character 21 but found attribute:zone == b",
    ],
    ["attribute:zone == a and", "expected a subject at character 24 but found the end"],
    ["attribute:zone =~", "expected a pattern at character 18 but found the end"],
    ["attribute:zone =~ 'a['", "pattern a[: the end at its character 3 comes too early"],
    ["ec2InstanceId exists", "ec2InstanceId does not take the operator exists at character 15"],
    ["task:group =~ service:.*", "task:group does not take the operator =~ at character 12"],
    ["agentVersion in [1.2]", "agentVersion does not take the operator in at character 14"],
    [
      "agentConnected == yes",
      "agentConnected needs true or false at character 19 but was given yes",
    ],
    ["agentVersion > new", "agentVersion needs a version at character 16 but was given new"],
    [
      "runningTasksCount > 1.5",
      "runningTasksCount needs a number at character 21 but was given 1.5",
    ],
    [
      "registeredAt > yesterday",
      "registeredAt needs a date at character 16 but was given yesterday",
    ],
    [`attribute:a == ${"a".repeat(2000)}`, "is longer than 2000 characters"],
  ])("%j", (text, message) => {
    expect(parseExpression(text)).toEqual({ kind: "invalid", message });
  });
});

test("survives as many parentheses as fit", () => {
  expect(parseExpression("(".repeat(2000))).toMatchObject({ kind: "invalid" });
  expect(parseExpression("!".repeat(2000))).toMatchObject({ kind: "invalid" });
});

test("takes just as many characters as ECS does", () => {
  const text = `attribute:a == ${"a".repeat(1985)}`;
  expect(text).toHaveLength(2000);
  expect(parseExpression(text).kind).toBe("expression");
});
