import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { zoneOf } from "../candidates.ts";
import { check, NOTHING } from "../check.ts";
import { readScenarios } from "../read-scenarios.ts";
import { type OneMachine, startOneMachine } from "./one-machine.ts";
import { runThroughApi } from "./run-through-api.ts";

const all = readScenarios();
const scenarios = all.filter(({ api }) => api);

let machine: OneMachine;
beforeAll(async () => {
  machine = await startOneMachine();
});
afterAll(async () => machine.stop());

test("the sample has scenarios of every rule but scale-in", () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(30);
  const sampled = new Set(scenarios.map(({ rule }) => rule));
  const others = new Set(all.map(({ rule }) => rule).filter((rule) => !sampled.has(rule)));
  expect([...others]).toEqual(["Scale-in"]);
});

describe("through the API, with real agents", () => {
  test.concurrent.each(scenarios)("$rule: $name", async (scenario) => {
    const cluster = `scenario-${scenarios.indexOf(scenario) + 1}`;
    const outcomes = await runThroughApi(machine, cluster, scenario);
    const problems = scenario.requests.flatMap(({ expect: expected }, index) =>
      check(expected, outcomes[index] ?? NOTHING, (name) => zoneOf(scenario.instances, name)),
    );
    expect(problems).toEqual([]);
  });
});
