import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isArn, matchesArn, matchesWildcard } from "./wildcard.ts";

describe("matchesWildcard", () => {
  test.each([
    ["ecs:RunTask", "ecs:RunTask", true],
    ["ecs:RunTask", "ecs:RunTasks", false],
    ["ecs:Describe*", "ecs:DescribeTasks", true],
    ["ecs:Describe*", "ecs:Describe", true],
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["?", "", false],
    ["?", "a", true],
    ["a?c", "abc", true],
    ["*b*b", "abbab", true],
    ["*b*b", "abba", false],
    ["a**", "a", true],
    ["a.c", "abc", false],
    ["*/prod/*", "service/prod/web", true],
  ])("%j and %j: %s", (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  test("says what the regular expression of the same meaning says", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    const patterns = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 6 });
    fc.assert(
      fc.property(patterns, letters, (pattern, text) => {
        const expression = pattern.replaceAll("?", ".").replaceAll("*", ".*");
        expect(matchesWildcard(pattern, text)).toBe(new RegExp(`^${expression}$`).test(text));
      }),
    );
  });

  test("is not slow on a pattern made to be slow", () => {
    const pattern = `${"*a".repeat(3_000)}b`;
    expect(matchesWildcard(pattern, "a".repeat(6_000))).toBe(false);
  });
});

describe("matchesArn", () => {
  const cluster = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";

  test.each([
    [cluster, true],
    ["arn:aws:ecs:*:*:cluster/prod", true],
    ["arn:aws:ecs:*:*:cluster/p*", true],
    ["arn:*:cluster/prod", false],
    ["arn:aws:ecs:*:cluster/prod", false],
    ["arn:aws:ecs:eu-west-1:111122223333:cluster/prod2", false],
  ])("%s: %s", (pattern, expected) => {
    expect(matchesArn(pattern, cluster)).toBe(expected);
  });

  test("takes what follows the fifth colon together", () => {
    const definition = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7";
    expect(matchesArn("arn:aws:ecs:*:*:task-definition/web:*", definition)).toBe(true);
    expect(isArn(definition)).toBe(true);
    expect(isArn("arn:aws:ecs")).toBe(false);
  });
});
