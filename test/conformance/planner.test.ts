import { planPlacement } from "@berth/planner/placement/place";
import { describe, expect, test } from "vitest";
import { problemsOnPlanner } from "./problems.ts";
import { readScenarios } from "./read-scenarios.ts";

/** What a seed decides must be one of the allowed outcomes, whatever the seed. */
const SEEDS = ["a", "b", "c", "d", "e"];

const scenarios = readScenarios();

test("has a scenario for every rule, each with its source, and no two of a name", () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(150);
  const names = scenarios.map(({ rule, name }) => `${rule}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

describe.each([...Map.groupBy(scenarios, ({ rule }) => rule)])("%s", (_rule, scenarios) => {
  test.each(scenarios)("$name", (scenario) => {
    for (const seed of SEEDS) {
      for (const reversed of [false, true]) {
        const run = { plan: planPlacement, seed, reversed };
        expect(problemsOnPlanner(scenario, run)).toEqual([]);
      }
    }
  });
});
