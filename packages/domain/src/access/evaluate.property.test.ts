import * as fc from "fast-check";
import { expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import type { PolicyStatement } from "./policy-statement.ts";
import { CONDITION_OPERATORS } from "./policy-statement.ts";

/* Few and short names, so that statements and calls meet. */

const ARN = "arn:aws:ecs:r:1";
const action = fc.constantFrom("ecs:RunTask", "ecs:StopTask", "berth:X");
const resource = fc.constantFrom("*", `${ARN}:task/a/1`, `${ARN}:task/b/1`);
const clusterArn = fc.constantFrom(`${ARN}:cluster/a`, `${ARN}:cluster/b`);

const patterns = (pattern: fc.Arbitrary<string>) =>
  fc.record({ not: fc.boolean(), patterns: fc.array(pattern, { minLength: 1, maxLength: 2 }) });

const statement: fc.Arbitrary<PolicyStatement> = fc.record({
  effect: fc.constantFrom("Allow", "Deny"),
  actions: patterns(fc.oneof(action, fc.constantFrom("*", "ecs:*", "ecs:?unTask"))),
  resources: patterns(fc.oneof(resource, fc.constant(`${ARN}:task/a/*`))),
  conditions: fc.array(
    fc.record({
      operator: fc.constantFrom(...CONDITION_OPERATORS),
      values: fc.array(clusterArn, { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 1 },
  ),
});
const statements = fc.array(statement, { maxLength: 4 });
const request = fc.record(
  { action, resource, clusterArn },
  { requiredKeys: ["action", "resource"] },
);

const isAllowed = (decision: string) => decision === "allowed";

test("a Deny that applies wins, whatever else is said and in whatever order", () => {
  fc.assert(
    fc.property(statements, statement, request, (others, one, call) => {
      const denial: PolicyStatement = { ...one, effect: "Deny" };
      const wins = evaluate([denial], call) === "explicitDeny";
      for (const all of [
        [denial, ...others],
        [...others, denial],
      ]) {
        expect(evaluate(all, call) === "explicitDeny").toBe(
          wins || evaluate(others, call) === "explicitDeny",
        );
      }
    }),
  );
});

test("another Allow takes nothing away, another Deny gives nothing", () => {
  fc.assert(
    fc.property(statements, statement, request, (before, one, call) => {
      const was = isAllowed(evaluate(before, call));
      const allowing = isAllowed(evaluate([...before, { ...one, effect: "Allow" }], call));
      const denying = isAllowed(evaluate([...before, { ...one, effect: "Deny" }], call));
      expect([was && !allowing, denying && !was]).toEqual([false, false]);
    }),
  );
});

test("where only denials stand, nothing is allowed", () => {
  fc.assert(
    fc.property(statements, request, (given, call) => {
      const denials = given.map((each): PolicyStatement => ({ ...each, effect: "Deny" }));
      expect(isAllowed(evaluate(denials, call))).toBe(false);
    }),
  );
});
