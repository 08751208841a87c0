import { describe, expect, test } from "vitest";
import { problemsOf } from "./run.ts";
import { readDeploymentScenarios } from "./scenario.ts";

const scenarios = readDeploymentScenarios("alarms.yaml");

test("every scenario has its name for itself, and a source", () => {
  const names = scenarios.filter(({ home, homes }) => home === homes[0]).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(scenarios.every(({ source }) => source !== "")).toBe(true);
});

describe.each(["own", "cloudWatch"] as const)("deployment alarms of %s", (home) => {
  test.each(scenarios.filter((each) => each.home === home))("$name", async (scenario) => {
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

test.each([
  {
    lie: "that all is well",
    change: { state: "OK" } as const,
    noticed: "one that goes off while tasks start fails the deployment, and the service goes back",
  },
  {
    lie: "that it was so for ever",
    change: { since: 0 },
    noticed: "one that goes off when all tasks are up, in the bake time, does the same",
  },
  {
    lie: "that it takes no time",
    change: { evaluationMs: 0 },
    noticed: "the bake time is that of the slowest alarm",
  },
])("a control plane that is told $lie is noticed", async ({ change, noticed }) => {
  const scenario = scenarios.find(({ name, home }) => name === noticed && home === "cloudWatch");
  if (!scenario) throw new Error(`There is no scenario: ${noticed}`);
  const lying = await problemsOf(scenario, ({ alarms }) => ({
    alarms: alarms.map((alarm) => ({ ...alarm, ...change })),
  }));
  expect(lying).not.toEqual([]);
});
