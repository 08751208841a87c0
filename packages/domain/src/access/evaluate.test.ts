import { describe, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import { readPolicyDocument } from "./policy-document.ts";
import type { PolicyStatement } from "./policy-statement.ts";

const ARN = "arn:aws:ecs:eu-west-1:111122223333";
const PROD = `${ARN}:cluster/prod`;
const WEB = `${ARN}:service/prod/web`;

const runWeb = { action: "ecs:UpdateService", resource: WEB, clusterArn: PROD };

function statements(...given: readonly object[]): readonly PolicyStatement[] {
  const reading = readPolicyDocument({ Version: "2012-10-17", Statement: given });
  if (reading.kind === "malformed") throw new Error(reading.faults.join("; "));
  return reading.statements;
}

const allow = (more: object) => ({ Effect: "Allow", Action: "*", Resource: "*", ...more });
const deny = (more: object) => ({ ...allow(more), Effect: "Deny" });
const without = (name: string, statement: object) =>
  Object.fromEntries(Object.entries(statement).filter(([key]) => key !== name));

describe("evaluate", () => {
  test.each([
    { name: "nothing", given: [], expected: "implicitDeny" },
    { name: "everything", given: [allow({})], expected: "allowed" },
    { name: "the action", given: [allow({ Action: "ecs:UpdateService" })], expected: "allowed" },
    { name: "any case", given: [allow({ Action: "ECS:updateservice" })], expected: "allowed" },
    { name: "a family", given: [allow({ Action: ["x:Y", "ecs:Update*"] })], expected: "allowed" },
    { name: "another", given: [allow({ Action: "ecs:RunTask" })], expected: "implicitDeny" },
    { name: "another service's", given: [allow({ Action: "s3:*" })], expected: "implicitDeny" },
    { name: "the resource", given: [allow({ Resource: WEB })], expected: "allowed" },
    {
      name: "a cluster's services",
      given: [allow({ Resource: `${ARN}:service/prod/*` })],
      expected: "allowed",
    },
    {
      name: "the resource in capitals",
      given: [allow({ Resource: `${ARN}:service/PROD/web` })],
      expected: "implicitDeny",
    },
    {
      name: "all but this action",
      given: [without("Action", allow({ NotAction: "ecs:Update*" }))],
      expected: "implicitDeny",
    },
    {
      name: "all but other resources",
      given: [without("Resource", allow({ NotResource: [`${ARN}:service/test/*`] }))],
      expected: "allowed",
    },
    { name: "and denied", given: [allow({}), deny({ Resource: WEB })], expected: "explicitDeny" },
    {
      name: "denied, and",
      given: [deny({ Action: "ecs:*" }), allow({})],
      expected: "explicitDeny",
    },
    { name: "else denied", given: [allow({}), deny({ Action: "ecs:Run*" })], expected: "allowed" },
  ])("$name: $expected", ({ given, expected }) => {
    expect(evaluate(given.length === 0 ? [] : statements(...given), runWeb)).toBe(expected);
  });

  const EQUALS = { ArnEquals: { "ecs:cluster": PROD } };
  test.each([
    [EQUALS, "allowed"],
    [{ ArnLike: { "ecs:cluster": `${ARN}:cluster/pr*` } }, "allowed"],
    [{ ArnLike: { "ecs:cluster": "arn:aws:ecs:*:*:cluster/test" } }, "implicitDeny"],
    [{ StringEquals: { "ecs:cluster": ["x", PROD] } }, "allowed"],
    [{ StringEquals: { "ecs:cluster": `${ARN}:cluster/*` } }, "implicitDeny"],
    [{ StringLike: { "ECS:Cluster": "*:cluster/prod" } }, "allowed"],
    [{ ...EQUALS, StringEquals: { "ecs:cluster": "x" } }, "implicitDeny"],
  ])("under the condition %j: %s", (Condition, expected) => {
    expect(evaluate(statements(allow({ Condition })), runWeb)).toBe(expected);
  });

  test("a condition on the cluster does not hold where there is none", () => {
    const call = { action: "ecs:ListClusters", resource: "*" };
    expect(evaluate(statements(allow({ Condition: EQUALS })), call)).toBe("implicitDeny");
    expect(evaluate(statements(allow({}), deny({ Condition: EQUALS })), call)).toBe("allowed");
  });
});
