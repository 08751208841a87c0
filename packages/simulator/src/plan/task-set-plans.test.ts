import type { Plan, PlanRequest } from "@berth/contracts/rest/plan";
import { beforeEach, expect, test } from "vitest";
import { registerWeb, smallWorld, START_MS } from "../testing/small-world.ts";
import type { SmallWorld } from "../testing/small-world.ts";
import { applyPlan } from "./apply-plan.ts";
import { makePlan } from "./make-plan.ts";

const NAMED = { cluster: "default", service: "shop" } as const;

let small: SmallWorld;
let blue: string;

beforeEach(async () => {
  small = await smallWorld();
  await registerWeb(small.world);
  await small.world.call("CreateService", {
    serviceName: "shop",
    desiredCount: 4,
    deploymentController: { type: "EXTERNAL" },
  });
  const { taskSet } = await small.world.call("CreateTaskSet", {
    ...NAMED,
    taskDefinition: "web:1",
    scale: { value: 100 },
  });
  blue = taskSet?.id ?? "";
  await small.pass(60_000);
});

const plan = async (change: PlanRequest["change"], tasksFail = false): Promise<Plan> =>
  small.plan(async (context) =>
    makePlan(context, { change, assumptions: { startMs: START_MS, tasksFail } }),
  );

const stepsOf = ({ timeline }: Plan) =>
  timeline.map(({ step, taskDefinition }) => `${step} ${taskDefinition}`);

test("a plan of a new task set tells what it starts beside the others", async () => {
  const change = { createTaskSet: { ...NAMED, taskDefinition: "web", scale: { value: 50 } } };
  const told = await plan(change);
  expect(stepsOf(told)).toEqual([...Array(2).fill("place web:2"), ...Array(2).fill("run web:2")]);
  expect(told).toMatchObject({
    ends: "settled",
    versions: { taskDefinition: "web:2" },
    services: [
      {
        service: "shop",
        desiredCount: 6,
        healthy: { before: 4, fewest: 4, after: 6 },
        steady: true,
      },
    ],
    tasks: { running: 6, before: { running: 4 } },
  });
});

test("a plan of a scale tells what it stops, and why", async () => {
  const told = await plan({ updateTaskSet: { ...NAMED, taskSet: blue, scale: { value: 0 } } });
  expect(told.services).toMatchObject([
    { desiredCount: 0, healthy: { before: 4, fewest: 0, after: 0 }, steady: true },
  ]);
  expect(told.timeline.at(-1)?.why).toBe(`Scaling activity initiated by (deployment ${blue})`);
});

test("a plan of a set that is too large says what cannot be placed", async () => {
  await small.world.call("UpdateService", { service: "shop", desiredCount: 40 });
  await small.pass(60_000);
  const change = { createTaskSet: { ...NAMED, taskDefinition: "web", scale: { value: 100 } } };
  expect((await plan(change)).unplaced).toMatchObject([{ group: "service:shop", count: 32 }]);
});

test("a plan whose new tasks fail says so of the new set alone", async () => {
  const change = { createTaskSet: { ...NAMED, taskDefinition: "web", scale: { value: 25 } } };
  const told = await plan(change, true);
  expect(told.services).toMatchObject([{ healthy: { after: 4 }, steady: false }]);
  expect(told.trippedBreakers).toEqual([]);
});

test("a plan of a deletion is what happens when it is applied", async () => {
  const change = { deleteTaskSet: { ...NAMED, taskSet: blue, force: true } };
  const told = await plan(change);
  expect(told.tasks).toMatchObject({ running: 0, pending: 0 });
  const applied = await small.plan(async (context) => applyPlan(context, told));
  expect(applied.response).toMatchObject({ taskSet: { id: blue, status: "DRAINING" } });
  await small.pass(60_000);
  expect((await small.world.truth.services.find("default", "shop"))?.taskSets).toEqual([]);
  await expect(plan(change)).rejects.toMatchObject({ code: "TaskSetNotFoundException" });
});
