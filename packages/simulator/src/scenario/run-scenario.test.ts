import { expect, test } from "vitest";
import { chartsOf } from "../report/report-charts.ts";
import { reportPage } from "../report/report-page.ts";
import { reportText } from "../report/report-text.ts";
import { readScenario } from "./read-scenario.ts";
import type { SimulationReport } from "./report.ts";
import { runScenario } from "./run-scenario.ts";

/** Six instances in three zones, a service `web` of six tasks that start in 2 to 4 s, at rest. */
const WEB = `
duration: 10m
instances:
  - { count: 6, zones: [a, b, c], cpu: 1024, memory: 1024 }
taskDefinitions:
  - { family: web, containerDefinitions: [{ name: app, image: w, cpu: 256, memory: 256 }] }
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 6
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } }
behaviours:
  - { taskDefinition: web, start: 2s..4s, stop: 1s }
`;

const play = async (rest: string, seed = 1): Promise<SimulationReport> => {
  const report = await runScenario({ ...readScenario(WEB + rest), seed });
  for (const { values } of chartsOf(report).flatMap(({ lines }) => lines)) {
    expect(values).toHaveLength(report.samples.atMs.length);
  }
  expect({ bugs: report.bugs, violations: report.violations }).toEqual({
    bugs: [],
    violations: [],
  });
  return report;
};

const DEPLOY = "events: [{ at: 1m, updateService: { service: web, forceNewDeployment: true } }]";

test("a deployment completes, and between the samples nobody was missing", async () => {
  const { deployments, services, samples, tasks } = await play(DEPLOY);
  expect(deployments).toEqual([
    expect.objectContaining({ service: "web", startedMs: 60_000, verdict: "COMPLETED" }),
  ]);
  expect(services).toEqual([
    expect.objectContaining({ running: 6, fewestHealthy: 6, mostTasks: 12, steady: true }),
  ]);
  expect(tasks).toMatchObject({ placed: 6, started: 6 });
  const web = samples.services["web"];
  expect(web?.running[0]).toBe(6);
  expect(Math.max(...(web?.running ?? []))).toBeGreaterThan(6);
  expect(Object.values(web?.zones ?? {}).map((counts) => counts.at(-1))).toEqual([2, 2, 2]);
});

test("equal seeds give equal bytes in every form, and other seeds another course", async () => {
  const forms = (report: SimulationReport) => [
    JSON.stringify(report),
    reportText(report),
    reportPage(report),
  ];
  const [one, same, other] = [await play(DEPLOY), await play(DEPLOY), await play(DEPLOY, 2)];
  expect(forms(one)).toEqual(forms(same));
  expect(other.samples).not.toEqual(one.samples);
});

test("a revision that never starts trips the breaker and is rolled back", async () => {
  const { deployments, services } = await play(`
  - { taskDefinition: "web:2", failureRate: 1 }
events:
  - at: 1m
    registerTaskDefinition:
      { family: web, containerDefinitions: [{ name: app, image: w, cpu: 256, memory: 256 }] }
  - { at: 1m, updateService: { service: web, taskDefinition: web } }
`);
  expect(
    deployments.map(({ taskDefinition, verdict }) => [taskDefinition, verdict]),
  ).toContainEqual(["web:2", "FAILED"]);
  expect(services[0]).toMatchObject({ taskDefinition: "web:1", running: 6, fewestHealthy: 6 });
});

const ALARMED = `
  - at: 1m
    updateService:
      service: web
      forceNewDeployment: true
      deploymentConfiguration:
        alarms: { alarmNames: [errors], enable: true, rollback: true }
`;

test("an alarm that goes off during a deployment takes it back, and one from before does not", async () => {
  const verdicts = ({ deployments }: SimulationReport) =>
    deployments.map(({ startedMs, verdict }) => [startedMs, verdict]);
  const set = (at: string, state: string) =>
    `  - { at: ${at}, setAlarm: { name: errors, state: ${state}, periodSeconds: 30 } }`;
  const calm = `events:\n${set("10s", "OK")}${ALARMED}`;
  const quiet = await play(calm);
  expect(verdicts(quiet)).toEqual([[60_000, "COMPLETED"]]);
  // All that is left to wait for is the bake time.
  expect(quiet.deployments[0]?.endedMs).toBeGreaterThan(90_000);
  const loud = await play(`${calm}${set("80s", "ALARM")}`);
  expect(verdicts(loud)).toEqual([[60_000, "FAILED"]]);
  expect(loud.deployments[0]?.endedMs).toBeLessThanOrEqual(90_000);
  expect(loud.events.at(-1)).toMatchObject({ what: "alarm errors goes to ALARM" });
  expect(loud.services[0]).toMatchObject({ running: 6, fewestHealthy: 6, steady: true });
  const before = await play(`events:\n${set("10s", "ALARM")}${ALARMED}`);
  expect(verdicts(before)).toEqual([[60_000, "COMPLETED"]]);
});

test("a zone that is lost is missed after the time that is given, or at once where EC2 tells", async () => {
  const lost = (notice: boolean) => `
instanceLostAfter: 2m
events: [{ at: 1m, loseInstances: { zone: a, notice: ${notice} } }]
`;
  const backAt = ({ samples }: SimulationReport): number => {
    const running = samples.services["web"]?.running ?? [];
    const first = running.findIndex((count) => count < 6);
    return samples.atMs[running.findIndex((count, index) => index > first && count === 6)] ?? 0;
  };
  const [untold, told] = [await play(lost(false)), await play(lost(true))];
  expect(told.containerInstances).toEqual({ before: 6, after: 4 });
  expect(backAt(told)).toBeLessThan(70_000);
  expect(backAt(untold)).toBeGreaterThan(180_000);
  expect(backAt(untold)).toBeLessThan(190_000);
});

test("standalone tasks exit, and what finds no place is said", async () => {
  const { events, samples, tasks } = await play(`
  - { taskDefinition: job, exits: { after: 30s } }
events:
  - at: 10s
    registerTaskDefinition:
      { family: job, containerDefinitions: [{ name: job, image: j, cpu: 512, memory: 256 }] }
  - { at: 20s, times: 2, runTask: { taskDefinition: job, count: 5 } }
`);
  expect(events.at(-1)).toEqual({
    atMs: 20_000,
    what: "run 5 of job, 2 times",
    outcome: "not all placed: RESOURCE:CPU",
  });
  expect(Math.max(...samples.standalone)).toBe(6);
  expect(samples.standalone.at(-1)).toBe(0);
  expect(tasks.stopped).toEqual({
    "EssentialContainerExited: Essential container in task exited": 6,
  });
});

test("machines come and go, are drained and are slow; what is refused is told", async () => {
  const { events, services, containerInstances } = await play(`
events:
  - { at: 1s, createService: { serviceName: late, taskDefinition: web, desiredCount: 0 } }
  - { at: 10s, slowAgents: { count: 6, factor: 3 } }
  - { at: 20s, drainInstances: { zone: a } }
  - { at: 2m, joinInstances: { count: 2, zones: [a], cpu: 1024, memory: 1024 } }
  - { at: 3m, loseInstances: { count: 1, zone: a, notice: true } }
  - { at: 4m, activateInstances: { zone: a } }
  - { at: 5m, killTasks: { service: web, count: 2 } }
  - { at: 6m, stopTasks: { service: web } }
  - { at: 7m, returnInstances: { zone: a } }
  - { at: 8m, deleteService: { service: none } }
`);
  expect(events.map(({ outcome }) => outcome)).toEqual([
    "",
    "6 instances",
    "2 instances",
    "",
    "1 instance",
    "3 instances",
    "2 tasks",
    "1 task",
    "1 instance",
    expect.stringMatching(/^refused: ServiceNotFoundException/),
  ]);
  expect(containerInstances.before).toBe(6);
  expect(services[1]).toMatchObject({ service: "web", running: 6, steady: true });
});

const SHARED = `
duration: 5m
instances:
  - { count: 2, zones: [a, b], cpu: 2048, memory: 2048, attributes: { berth.auto-scaling-group: steady-group } }
  - { count: 4, zones: [a, b], cpu: 2048, memory: 2048, attributes: { berth.auto-scaling-group: spot-group } }
capacityProviders:
  - { name: steady, autoScalingGroupProvider: { autoScalingGroupArn: steady-group } }
  - { name: spot, autoScalingGroupProvider: { autoScalingGroupArn: spot-group } }
taskDefinitions:
  - { family: web, containerDefinitions: [{ name: app, image: w, cpu: 256, memory: 256 }] }
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 6
    availabilityZoneRebalancing: DISABLED
    capacityProviderStrategy:
      - { capacityProvider: steady, base: 2, weight: 1 }
      - { capacityProvider: spot, weight: 3 }
events:
`;

test.each([
  {
    name: "a service keeps its strategy while it is scaled out and in",
    events: `
  - { at: 30s, updateService: { service: web, desiredCount: 10 } }
  - { at: 2m, updateService: { service: web, desiredCount: 6 } }`,
    running: 6,
    waiting: 0,
  },
  {
    name: "what is lost comes up again on the provider that has too few",
    events: "\n  - { at: 30s, loseInstances: { count: 1, notice: true } }",
    running: 6,
    waiting: 0,
  },
  {
    name: "what has no room on its provider waits",
    events: "\n  - { at: 30s, updateService: { service: web, desiredCount: 58 } }",
    running: 48,
    waiting: 10,
  },
])("$name", async ({ events, running, waiting }) => {
  const report = await runScenario(readScenario(SHARED + events));
  expect(report).toMatchObject({ bugs: [], violations: [] });
  expect(report.services).toMatchObject([{ running, waiting }]);
});
