import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readScenario } from "./read-scenario.ts";
import { runScenario } from "./run-scenario.ts";

const EXAMPLE = readFileSync("docs/guides/scenarios/task-sets.yaml", "utf8");

test("task sets come up side by side, and only the new one is left", async () => {
  const report = await runScenario(readScenario(EXAMPLE));
  expect(report).toMatchObject({ bugs: [], violations: [] });
  expect(report.events.map(({ what, outcome }) => [what, outcome])).toEqual([
    ["create task set blue of shop from shop:1 at 100 %", ""],
    ["promote task set blue of shop", ""],
    ["create task set green of shop from shop:2 at 10 %", ""],
    ["scale task set green of shop to 100 %", ""],
    ["promote task set green of shop", ""],
    ["scale task set blue of shop to 0 %", ""],
    ["delete task set blue of shop", ""],
    ["of shop 2 tasks exit", "2 tasks"],
  ]);
  expect(report.services).toMatchObject([
    { service: "shop", running: 10, mostTasks: 20, steady: true, taskDefinition: "shop:2" },
  ]);
});

test("a set that is not there is refused, in ECS's words", async () => {
  const unknown = `
duration: 1m
instances: [{ count: 1, zones: [a], cpu: 1024, memory: 1024 }]
services: [{ serviceName: shop, desiredCount: 1, deploymentController: { type: EXTERNAL } }]
events:
  - { at: 5s, deleteTaskSet: { service: shop, taskSet: ecs-svc/1 } }
  - { at: 6s, deleteTaskSet: { service: shop, taskSet: purple } }
`;
  const { events } = await runScenario(readScenario(unknown));
  expect(events.map(({ outcome }) => outcome)).toEqual([
    expect.stringContaining("The specified task set does not exist."),
    expect.stringContaining("Task Set Identifier is invalid"),
  ]);
});

test("members that the operation does not know are refused with their place", () => {
  const misspelt = EXAMPLE.replace("service: shop, taskSet: blue, scale", "service: 5, scale");
  expect(() => readScenario(misspelt)).toThrow(/events\[5\]\.updateTaskSet/);
});
