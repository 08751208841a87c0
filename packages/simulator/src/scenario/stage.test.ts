import { expect, test } from "vitest";
import { reportPage } from "../report/report-page.ts";
import { reportText } from "../report/report-text.ts";
import { readScenario } from "./read-scenario.ts";
import { runScenario } from "./run-scenario.ts";

const WEB = {
  duration: "1m",
  instances: [{ count: 2, zones: ["a"], cpu: 1_024, memory: 1_024 }],
  taskDefinitions: [
    {
      family: "web",
      containerDefinitions: [{ name: "app", image: "web:1", cpu: 256, memory: 256 }],
    },
  ],
  services: [{ serviceName: "web", taskDefinition: "web", desiredCount: 2 }],
};

const play = async (members: object) =>
  runScenario(readScenario(JSON.stringify({ ...WEB, ...members })));

test.each([
  ["its cluster", { cluster: "a cluster" }, /^✖ InvalidParameterException: .*\n {2}→ at cluster$/],
  [
    "an attribute of an instance",
    { instances: [...WEB.instances, { ...WEB.instances[0], attributes: { "no!": "x" } }] },
    /^✖ .*\n {2}→ at instances\[1\]$/,
  ],
  [
    "a task definition without memory",
    { taskDefinitions: [{ family: "web", containerDefinitions: [{ name: "app", image: "w" }] }] },
    /^✖ ClientException: .*memory.*\n {2}→ at taskDefinitions\[0\]$/,
  ],
  [
    "a service of another one's name",
    { services: [...WEB.services, { ...WEB.services[0], taskDefinition: "other" }] },
    /^✖ ClientException: TaskDefinition not found\.\n {2}→ at services\[1\]$/,
  ],
])(
  "what the control plane refuses of a scenario is told with its place: %s",
  async (_, members, text) => {
    await expect(play(members)).rejects.toMatchObject({
      name: "ScenarioError",
      message: expect.stringMatching(text),
    });
  },
);

test("a report says where its scenario did not begin at rest", async () => {
  const calm = await play({});
  expect(calm.beganAtRest).toBe(true);
  expect(reportText(calm)).not.toContain("come to rest");
  const restless = await play({ behaviours: [{ taskDefinition: "web", exits: { after: "20s" } }] });
  expect(restless.beganAtRest).toBe(false);
  for (const form of [reportText(restless), reportPage(restless)]) {
    expect(form).toContain("services had not come to rest");
  }
});
