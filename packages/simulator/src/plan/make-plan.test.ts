import type { Plan, PlanRequest } from "@berth/contracts/rest/plan";
import { queueRun } from "@berth/control-plane/rest/queue-run";
import { createMemoryTable } from "@berth/store/memory/table";
import { beforeEach, describe, expect, test } from "vitest";
import { planIn, webWorld } from "../testing/plan-web.ts";
import { addAgent, registerWeb, smallWorld, START_MS } from "../testing/small-world.ts";
import type { SmallWorld } from "../testing/small-world.ts";
import { makePlan } from "./make-plan.ts";

let small: SmallWorld;

beforeEach(async () => {
  small = await webWorld();
});

const plan = (change: PlanRequest["change"], assumptions?: PlanRequest["assumptions"]) =>
  planIn(small, change, assumptions);

const steps = ({ timeline }: Plan) =>
  timeline.map(({ afterMs, step }) => `${Math.round(afterMs / 1_000)} s ${step}`);

describe("a plan", () => {
  test("of a deployment tells every start and stop, and what it takes on the way", async () => {
    await registerWeb(small.world);
    const told = await plan({ updateService: { service: "web", taskDefinition: "web" } });
    expect(steps(told)).toEqual([
      ...Array(3).fill("0 s place"),
      ...Array(3).fill("5 s run"),
      ...Array(3).fill("6 s stopOrder"),
      ...Array(3).fill("7 s stop"),
    ]);
    expect(told).toMatchObject({
      ends: "settled",
      assumptions: { startMs: START_MS, stopMs: 1_000, tasksFail: false },
      versions: { taskDefinition: "web:2" },
      services: [
        {
          service: "web",
          healthy: { before: 3, fewest: 3, after: 3 },
          mostExtraTasks: 3,
          taskDefinition: "web:2",
          rolloutState: "COMPLETED",
          steady: true,
        },
      ],
      capacity: { memoryMiB: { registered: 6_144, before: 384, most: 768, after: 384 } },
      unplaced: [],
      trippedBreakers: [],
      tasks: { running: 3, pending: 0, before: { running: 3, pending: 0 } },
    });
    expect(told.timeline.slice(0, 3).map(({ task }) => task)).toEqual(["new-1", "new-2", "new-3"]);
    expect(told.timeline.at(-1)?.why).toMatch(/deployment ecs-svc/);
  });

  test("says what cannot be placed, with the figures", async () => {
    const told = await plan({ updateService: { service: "web", desiredCount: 60 } });
    expect(told.services[0]).toMatchObject({ healthy: { after: 48 }, waiting: 12 });
    expect(told.unplaced).toEqual([
      {
        group: "service:web",
        count: 12,
        reasons: [
          expect.objectContaining({ reason: expect.stringMatching(/^RESOURCE:/), instances: 3 }),
        ],
      },
    ]);
    expect(told.unplaced[0]?.reasons[0]?.detail).toMatch(/\d/);
  });

  test("of RunTask tells of failures, and of the tasks that run", async () => {
    await registerWeb(small.world, { memory: 1_500 });
    const told = await plan({ runTask: { taskDefinition: "web", count: 5 } });
    expect(told.tasks.running).toBe(6);
    expect(told.unplaced).toEqual([
      {
        group: "family:web",
        count: 2,
        reasons: [expect.objectContaining({ reason: "RESOURCE:MEMORY", instances: 3 })],
      },
    ]);
  });

  test("knows of queued runs, which take what becomes free", async () => {
    await small.world.call("UpdateService", { service: "web", desiredCount: 48 });
    await small.pass(120_000);
    const run = { taskDefinition: "web", count: 2 };
    await small.plan(async (context) => queueRun(context, { run, deadlineSeconds: 600 }));
    const told = await plan({ updateService: { service: "web", desiredCount: 46 } });
    expect(steps(told)).toContain("1 s stop");
    expect(steps(told).filter((step) => step.endsWith("place"))).toHaveLength(2);
    expect(Object.keys(told.versions.queuedRuns)).toHaveLength(1);
  });

  test("of a drain replaces the service's tasks and keeps the floor", async () => {
    const id = small.world.agents[0]?.id ?? "";
    const told = await plan({ drain: [id] });
    expect(told.services[0]).toMatchObject({ healthy: { fewest: 3, after: 3 }, mostExtraTasks: 1 });
    expect(told.timeline.at(-1)).toMatchObject({ step: "stop", availabilityZone: "a" });
  });

  test.each([
    { hostNotice: true, seconds: 6 },
    { hostNotice: false, seconds: 306 },
  ])("of a lost zone waits as long as Berth does: %o", async ({ hostNotice, seconds }) => {
    const told = await plan({ loseZone: "b" }, { hostNotice });
    expect(told.services[0]).toMatchObject({ healthy: { before: 3, after: 3 } });
    expect(Math.round(told.endsAfterMs / 1_000)).toBe(seconds);
  });

  test("says that the breaker trips where tasks fail, and what is rolled back to", async () => {
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    await small.world.call("UpdateService", { service: "web", deploymentConfiguration });
    await small.pass(5_000);
    await registerWeb(small.world);
    const change = { updateService: { service: "web", taskDefinition: "web" } };
    expect((await plan(change)).trippedBreakers).toEqual([]);
    const told = await plan(change, { tasksFail: true });
    expect(told.trippedBreakers).toMatchObject([{ service: "web", taskDefinition: "web:2" }]);
    expect(told.services[0]).toMatchObject({
      taskDefinition: "web:1",
      healthy: { fewest: 3, after: 3 },
    });
  });

  test("of a new service with a health check waits for the first check", async () => {
    await registerWeb(small.world, { healthCheck: { command: ["CMD", "true"], interval: 20 } });
    const told = await plan({
      createService: { serviceName: "checked", taskDefinition: "web", desiredCount: 1 },
    });
    expect(told.services.map(({ service }) => service)).toEqual(["checked", "web"]);
    expect(told.services[0]).toMatchObject({ healthy: { after: 1 }, rolloutState: "COMPLETED" });
    expect(told.endsAfterMs).toBeGreaterThan(25_000);
  });

  test("takes from the tasks how long their starts take", async () => {
    const change = { updateService: { service: "web", desiredCount: 4 } };
    const told = await small.plan(async (context) =>
      makePlan(context, { change, assumptions: {} }),
    );
    // With the way of a frame to the agent.
    expect(told.assumptions.startMs).toBe(START_MS + 2);
  });

  test("is the same each time it is made of the same state", async () => {
    await registerWeb(small.world);
    const change = { updateService: { service: "web", taskDefinition: "web" } };
    expect(await plan(change)).toEqual(await plan(change));
  });

  test("is refused as the change itself would be", async () => {
    await expect(plan({ updateService: { service: "none" } })).rejects.toThrow(
      "Service not found.",
    );
    await expect(plan({ runTask: { taskDefinition: "none" } })).rejects.toThrow(
      "TaskDefinition not found.",
    );
    await expect(plan({ loseZone: "z" })).rejects.toThrow("is in the availability zone z");
    await expect(plan({ drain: ["f".repeat(32)] })).rejects.toThrow("MISSING");
    await expect(plan({ runTask: { cluster: "other", taskDefinition: "web" } })).rejects.toThrow(
      "names the cluster other",
    );
  });
});

test("planning writes nothing, and wakes and tells nobody", async () => {
  const memory = createMemoryTable();
  const written: unknown[] = [];
  const table = {
    ...memory,
    create: async (item: Parameters<typeof memory.create>[0]) => {
      written.push(item);
      return memory.create(item);
    },
    replace: async (item: Parameters<typeof memory.replace>[0]) => {
      written.push(item);
      return memory.replace(item);
    },
    delete: async (...key: Parameters<typeof memory.delete>) => {
      written.push(key);
      return memory.delete(...key);
    },
  };
  small = await smallWorld({ table });
  await small.world.call("CreateService", {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 3,
  });
  await small.pass(60_000);
  const before = written.length;
  const sent: unknown[] = [];
  for (const change of [
    { updateService: { service: "web", desiredCount: 5 } },
    { runTask: { taskDefinition: "web" } },
    { createService: { serviceName: "other", taskDefinition: "web", desiredCount: 2 } },
    { drain: [small.world.agents[0]?.id ?? ""] },
    { rebalance: "web" },
    { loseZone: "a" },
  ]) {
    await small.plan(async (context) =>
      makePlan(
        {
          ...context,
          relay: { wake: async (message) => void sent.push(message) },
          agents: {
            push: async (...frame) => {
              sent.push(frame);
              return "sent";
            },
            close: async (connectionId) => void sent.push(connectionId),
          },
        },
        { change, assumptions: {} },
      ),
    );
  }
  expect(written.slice(before)).toEqual([]);
  expect(sent).toEqual([]);
});

describe("a plan of a rebalance", () => {
  test("names the moves, and the service makes them within its percentages", async () => {
    await small.world.call("UpdateService", {
      service: "web",
      desiredCount: 6,
      availabilityZoneRebalancing: "DISABLED",
    });
    await small.pass(60_000);
    await addAgent(small, "d");
    await small.pass(2_000);
    const told = await plan({ rebalance: "web" });
    const ids = (arns: readonly string[]) => arns.map((arn) => arn.split("/").at(-1));
    expect(told.moves).toHaveLength(1);
    expect(ids([told.moves[0]?.to ?? ""])).toEqual([small.world.agents.at(-1)?.id]);
    expect(steps(told)).toEqual(["0 s place", "5 s run", "6 s stopOrder", "7 s stop"]);
    expect(told.timeline[0]?.availabilityZone).toBe("d");
    expect(told.timeline[3]?.task).toBe(told.moves[0]?.task);
    expect(told.services[0]).toMatchObject({ healthy: { fewest: 6, after: 6 }, steady: true });
    expect((await plan({ rebalance: "web" })).moves).toEqual(told.moves);
  });

  test("has no moves where every task stands well, and needs a service", async () => {
    expect(await plan({ rebalance: "web" })).toMatchObject({ moves: [], stepCount: 0 });
    await expect(plan({ rebalance: "none" })).rejects.toThrow("Service not found.");
  });
});
