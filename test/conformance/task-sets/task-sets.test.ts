import type { EcsOperationName } from "@berth/contracts/ecs-api/operations";
import { addAgent, registerWeb, smallWorld } from "@berth/simulator/testing/small-world";
import { describe, expect, test } from "vitest";
import { play, type Stage } from "./play.ts";
import { readTaskSetScenarios } from "./read-scenarios.ts";
import type { TaskSetScenario } from "./scenario.ts";

/** Of virtual time: longer than anything takes here. */
const REST_MS = 120_000;

/** The control plane in memory, with simulated agents and two revisions of `web`. */
async function aStage({ instances }: TaskSetScenario): Promise<Stage> {
  const small = await smallWorld({ zones: [] });
  const { world } = small;
  for (let number = 0; number < instances; number += 1) await addAgent(small, `zone-${number}`);
  await registerWeb(world);
  await small.pass(5_000);
  return {
    cluster: "default",
    instances: world.agents.map(({ id }) => id),
    call: async (operation, request) => world.call<EcsOperationName>(operation, request),
    untilNone: async (ask) => {
      await small.pass(REST_MS);
      return ask();
    },
  };
}

const scenarios = readTaskSetScenarios();

test("there are scenarios of every operation, no two of a name", () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(20);
  const names = scenarios.map(({ rule, name }) => `${rule}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

describe.each([...Map.groupBy(scenarios, ({ rule }) => rule)])("%s", (_rule, ofRule) => {
  test.each(ofRule)("$name", async (scenario) => {
    expect(await play(await aStage(scenario), scenario)).toEqual([]);
  });
});
