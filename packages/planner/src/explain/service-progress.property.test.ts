import type { Task } from "@berth/domain/task";
import {
  aServiceSnapshot,
  aServiceTask,
  brief,
  NOW,
  rollingOut,
  superseded,
  withHealth,
} from "@berth/testing/service-snapshots";
import { obey, type ServiceWorld, settle } from "@berth/testing/service-world";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { planService, type ServicePlan } from "../service/plan-service.ts";
import { explainProgress, type ProgressNote } from "./service-progress.ts";

const HEALTHY_AFTER_MS = 1_500;

const traits = fc.record({
  revision: fc.constantFrom(1, 2),
  status: fc.constantFrom("PENDING" as const, "RUNNING" as const, "RUNNING" as const),
  draining: fc.constantFrom(false, false, true),
  isToldToStop: fc.constantFrom(false, false, false, true),
  health: fc.constantFrom("HEALTHY" as const, "HEALTHY" as const, "UNHEALTHY" as const),
  startedAt: fc.constantFrom(0, NOW - 1_000),
  protectedUntil: fc.constantFrom(0, NOW + 60_000),
});

const circumstances = fc.record({
  tasks: fc.array(traits, { maxLength: 6 }),
  desiredCount: fc.integer({ min: 0, max: 4 }),
  minimumHealthyPercent: fc.constantFrom(0, 50, 100),
  maximumPercent: fc.constantFrom(100, 150, 200),
  throttledUntil: fc.constantFrom(0, 0, NOW + 5_000),
  rolloutState: fc.constantFrom("IN_PROGRESS" as const, "IN_PROGRESS" as const, "FAILED" as const),
  isChecked: fc.boolean(),
  slots: fc.integer({ min: 1, max: 7 }),
});

type Traits = typeof traits extends fc.Arbitrary<infer T> ? T : never;
type Circumstances = typeof circumstances extends fc.Arbitrary<infer T> ? T : never;

function toTask(
  { revision, status, isToldToStop, health, ...members }: Traits,
  index: number,
): Task {
  const desiredStatus = isToldToStop ? "STOPPED" : "RUNNING";
  const task = aServiceTask(revision, index, status, { ...members, desiredStatus });
  return withHealth(task, health);
}

function toWorld(given: Circumstances): ServiceWorld {
  const { desiredCount, minimumHealthyPercent, maximumPercent } = given;
  const { throttledUntil, rolloutState } = given;
  const snapshot = aServiceSnapshot({
    service: {
      desiredCount,
      taskDefinition: "web:2",
      deployments: [rollingOut(2, { throttledUntil, rolloutState }), superseded(1)],
      deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
    },
    tasks: given.tasks.map(toTask),
    checkedContainers: given.isChecked ? { "web:1": ["main"], "web:2": ["main"] } : {},
    settings: {
      healthyAfterMs: HEALTHY_AFTER_MS,
      provenAfterMs: HEALTHY_AFTER_MS,
      throttleFirstDelayMs: 1,
      throttleMaxDelayMs: 1,
    },
  });
  return { ...snapshot, slots: given.slots, nextNumber: 100 };
}

const worlds: fc.Arbitrary<ServiceWorld> = circumstances.map(toWorld);

const notesOf = (world: ServiceWorld): readonly ProgressNote["kind"][] =>
  explainProgress(world).map(({ kind }) => kind);

const countStarts = (plan: ServicePlan): number =>
  plan.starts.reduce((sum, { count }) => sum + count, 0);

test("what is said to hold the planner back does hold it back", () => {
  const seen = new Map<string, number>();
  const look = (world: ServiceWorld) => {
    const plan = planService(world);
    const healthy = new Set(
      world.tasks.filter((task) => isHealthy(world, task)).map((task) => task.id),
    );
    const isDone: Partial<Record<ProgressNote["kind"], boolean>> = {
      steady: brief(plan).length > 0,
      throttled: countStarts(plan) > 0,
      failed: countStarts(plan) > 0,
      atCeiling: countStarts(plan) > 0,
      atFloor: plan.stops.some(({ taskId }) => healthy.has(taskId)),
    };
    const kinds = notesOf(world);
    for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    expect(kinds.filter((kind) => isDone[kind])).toEqual([]);
  };
  fc.assert(
    fc.property(worlds, (world) => {
      look(world);
      look(settle(world, () => undefined));
    }),
    { numRuns: 500 },
  );
  const often = [...seen].filter(([, count]) => count > 5).map(([kind]) => kind);
  expect(often).toEqual(
    expect.arrayContaining(["steady", "throttled", "failed", "atCeiling", "atFloor"]),
  );
});

test("a service that the planner has done all for never says that it is yet to be looked at", () => {
  fc.assert(
    fc.property(worlds, (start) => {
      const world = settle(start, () => undefined);
      expect(brief(planService(world))).toEqual([]);
      expect(notesOf(world)).not.toContain("due");
      expect(notesOf(world)).not.toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test("a service is said to be steady where the planner calls it so, and nowhere else", () => {
  fc.assert(
    fc.property(worlds, (start) => {
      const settled = settle(start, () => undefined);
      const { service } = planService(obey(settled, planService(settled)));
      const [primary] = service.deployments;
      const isSteady = service.steady && primary?.rolloutState !== "FAILED";
      expect(notesOf(settled).includes("steady")).toBe(isSteady);
    }),
    { numRuns: 300 },
  );
});

/** Written down a second time, so that the planner's own count is checked too. */
function isHealthy(world: ServiceWorld, task: Task): boolean {
  if (task.lastStatus !== "RUNNING" || task.desiredStatus === "STOPPED") return false;
  return world.checkedContainers[task.taskDefinition]
    ? task.containers.every(({ healthStatus }) => healthStatus === "HEALTHY")
    : world.now - (task.startedAt ?? 0) >= HEALTHY_AFTER_MS;
}
