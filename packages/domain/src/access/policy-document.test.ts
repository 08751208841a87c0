import { describe, expect, test } from "vitest";
import { permissionsOf, statementsOf } from "./permissions.ts";
import { readPolicyDocument } from "./policy-document.ts";

const STATEMENT = { Effect: "Allow", Action: "ecs:RunTask", Resource: "*" };
const CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";
const policy = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] });

test("a policy is read with all that it says", () => {
  const reading = readPolicyDocument({
    Version: "2012-10-17",
    Id: "deployers",
    Statement: {
      Sid: "Deploy",
      Effect: "Deny",
      NotAction: ["ecs:Describe*", "ecs:List*"],
      NotResource: "arn:aws:ecs:*:*:service/test/*",
      Condition: { ArnEquals: { "ecs:cluster": CLUSTER } },
    },
  });
  expect(reading).toEqual({
    kind: "read",
    statements: [
      {
        effect: "Deny",
        actions: { not: true, patterns: ["ecs:Describe*", "ecs:List*"] },
        resources: { not: true, patterns: ["arn:aws:ecs:*:*:service/test/*"] },
        conditions: [{ operator: "ArnEquals", values: [CLUSTER] }],
      },
    ],
  });
});

describe("a policy that would not be obeyed is malformed, and its element is named", () => {
  const { Action: _, ...noAction } = STATEMENT;
  test.each<[unknown, string]>([
    ["Allow *", "The policy must be an object"],
    [[], "The policy must be an object"],
    [{}, "Statement must hold a statement"],
    [{ Statement: [] }, "Statement must hold a statement"],
    [{ ...policy(STATEMENT), Version: "2012" }, "Version must be one of"],
    [{ ...policy(STATEMENT), Statements: [] }, "Statements is no element"],
    [policy({ ...STATEMENT, Effect: "allow" }), "Statement[0].Effect must be Allow or Deny"],
    [policy({ ...STATEMENT, Principal: "*" }), "Statement[0].Principal is no element"],
    [policy(noAction), "Statement[0] must have Action or NotAction"],
    [policy({ ...STATEMENT, NotAction: "ecs:*" }), "Statement[0] must not have both Action"],
    [policy({ ...STATEMENT, Action: [] }), "Statement[0].Action must be a text or a list"],
    [policy({ ...STATEMENT, Action: [7] }), "Statement[0].Action must be a text or a list"],
    [policy({ ...STATEMENT, Action: "RunTask" }), "Statement[0].Action must be * or an action"],
    [policy({ ...STATEMENT, Action: "*:RunTask" }), "Statement[0].Action must be * or an action"],
    [policy({ ...STATEMENT, Resource: "web" }), "Statement[0].Resource must be * or an ARN"],
    [
      policy({ ...STATEMENT, Resource: "arn:aws:ecs:*:*:service/${aws:username}/*" }),
      "Statement[0].Resource must not have a policy variable",
    ],
    [policy({ ...STATEMENT, Condition: [] }), "Statement[0].Condition must be an object"],
    [
      policy({ ...STATEMENT, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }),
      "Statement[0].Condition.IpAddress is not one of ArnEquals",
    ],
    [
      policy({ ...STATEMENT, Condition: { StringEquals: { "aws:username": "x" } } }),
      "Statement[0].Condition.StringEquals.aws:username is not ecs:cluster",
    ],
    [
      policy({ ...STATEMENT, Condition: { StringEquals: "prod" } }),
      "Statement[0].Condition.StringEquals must be an object",
    ],
    [
      policy({ ...STATEMENT, Condition: { ArnLike: { "ecs:cluster": "prod" } } }),
      "Statement[0].Condition.ArnLike.ecs:cluster must be an ARN of six parts",
    ],
    [policy({ ...STATEMENT, Sid: "x".repeat(6_144) }), "no longer than 6144 characters"],
  ])("%j", (document, expected) => {
    const reading = readPolicyDocument(document);
    expect(reading).toMatchObject({ kind: "malformed" });
    expect(reading.kind === "malformed" && reading.faults.join("; ")).toContain(expected);
  });

  test("with all its faults at once", () => {
    const reading = readPolicyDocument(policy({ Effect: "?", Action: "x", Resource: "y" }));
    expect(reading.kind === "malformed" && reading.faults).toHaveLength(3);
  });
});

test("grants become statements; a stored policy that cannot be read is a fault of ours", () => {
  const document = JSON.stringify(policy(STATEMENT));
  const permissions = permissionsOf({ kind: "policy", document });
  expect(statementsOf(permissions)).toMatchObject([{ actions: { patterns: ["ecs:RunTask"] } }]);
  expect(() => permissionsOf({ kind: "policy", document: "{}" })).toThrow("cannot be read");
});
