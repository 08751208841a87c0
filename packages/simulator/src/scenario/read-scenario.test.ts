import { expect, test } from "vitest";
import { readScenario } from "./read-scenario.ts";

const SMALLEST = `
duration: 5m
instances:
  - { count: 3, zones: [a], cpu: 1024, memory: 1024 }
`;

test("a scenario says little, and the rest has defaults", () => {
  expect(readScenario(SMALLEST)).toEqual({
    seed: 1,
    cluster: "default",
    durationMs: 300_000,
    instanceLostAfterMs: 300_000,
    instances: [{ count: 3, zones: ["a"], cpu: 1024, memory: 1024, attributes: {}, resources: {} }],
    capacityProviders: [],
    taskDefinitions: [],
    services: [],
    behaviours: [],
    events: [],
  });
});

test.each([
  ["90s", 90_000],
  ["1.5m", 90_000],
  ["250ms", 250],
  ["1h", 3_600_000],
  ["90", 90_000],
])("a duration of %s is %i ms", (text, ms) => {
  const scenario = readScenario(`${SMALLEST}instanceLostAfter: ${text}`);
  expect(scenario.instanceLostAfterMs).toBe(ms);
});

test.each([
  ["5s", { least: 5_000, most: 5_000 }],
  ["2s..1m", { least: 2_000, most: 60_000 }],
  ["3", { least: 3_000, most: 3_000 }],
])("a time of %s lies between its ends", (text, start) => {
  const { behaviours } = readScenario(
    `${SMALLEST}behaviours: [{ taskDefinition: web, start: ${text} }]`,
  );
  expect(behaviours).toEqual([{ taskDefinition: "web", start }]);
});

test("requests are read as the ECS API reads them", () => {
  const { events } = readScenario(
    `${SMALLEST}events: [{ at: 1m, times: 2, runTask: { taskDefinition: web, count: 3 } }]`,
  );
  expect(events).toEqual([
    {
      atMs: 60_000,
      times: 2,
      action: { kind: "runTask", request: { taskDefinition: "web", count: 3 } },
    },
  ]);
});

test.each([
  ["seed: [", /line \d/],
  ["surprise: 1", /Unrecognized key: "surprise"/],
  ["instanceLostAfter: soon", /must be a duration.*soon\n.*at instanceLostAfter/],
  ["behaviours: [{ taskDefinition: web, start: 9s..2s }]", /at behaviours\[0\]\.start/],
  ["events: [{ at: 1m }]", /exactly one of registerTaskDefinition, .*behave\n.*at events\[0\]/],
  ["events: [{ at: 1m, stopTasks: { service: a }, killTasks: { service: a } }]", /exactly one/],
  ["events: [{ at: 1m, drainInstances: {} }]", /must have count, zone or both/],
  ["events: [{ at: 6m, drainInstances: { count: 1 } }]", /not be later.*300 s\n.*events\[0\]\.at/],
  ["events: [{ at: 1m, runTask: { count: 1 } }]", /at events\[0\]\.runTask/],
  ["services: [{ serviceName: a, desiredCount: many }]", /at services\[0\]/],
  [
    "services: [{ serviceName: a, taskDefinition: t, desiredCount: 100001 }]",
    /at most 100000 tasks/,
  ],
  [
    "events: [{ at: 1m, joinInstances: { count: 9998, zones: [a], cpu: 1, memory: 1 } }]",
    /at most 10000 instances, but has 10001/,
  ],
])("%s is refused, with the place", (addition, message) => {
  expect(() => readScenario(SMALLEST + addition)).toThrow(message);
});
