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

const tasks: fc.Arbitrary<Task> = fc
  .record({
    revision: fc.constantFrom(1, 2),
    status: fc.constantFrom("PENDING" as const, "RUNNING" as const, "RUNNING" as const),
    draining: fc.constantFrom(false, false, true),
    isToldToStop: fc.constantFrom(false, false, false, true),
    health: fc.constantFrom("HEALTHY" as const, "HEALTHY" as const, "UNHEALTHY" as const),
    startedAt: fc.constantFrom(0, NOW - 1_000),
  })
  .map(({ revision, status, health, isToldToStop, ...overrides }) =>
    withHealth(
      aServiceTask(revision, 1, status, {
        ...overrides,
        ...(isToldToStop && { desiredStatus: "STOPPED" as const }),
      }),
      health,
    ),
  );

const worlds: fc.Arbitrary<ServiceWorld> = fc
  .record({
    tasks: fc.array(tasks, { maxLength: 6 }),
    desiredCount: fc.integer({ min: 0, max: 4 }),
    minimumHealthyPercent: fc.constantFrom(0, 50, 100),
    maximumPercent: fc.constantFrom(100, 150, 200),
    throttledUntil: fc.constantFrom(0, 0, NOW + 5_000),
    isFailed: fc.constantFrom(false, false, false, true),
    isChecked: fc.boolean(),
    slots: fc.integer({ min: 1, max: 7 }),
  })
  .map(({ tasks, slots, isChecked, isFailed, throttledUntil, desiredCount, ...percentages }) => {
    const primary = rollingOut(2, {
      throttledUntil,
      ...(isFailed && { rolloutState: "FAILED" as const }),
    });
    const snapshot = aServiceSnapshot({
      service: {
        desiredCount,
        taskDefinition: "web:2",
        deployments: [primary, superseded(1)],
        deploymentConfiguration: percentages,
      },
      tasks: tasks.map((task, index) => ({ ...task, id: `${task.id.slice(0, -1)}${index}` })),
      checkedContainers: isChecked ? { "web:1": ["main"], "web:2": ["main"] } : {},
      settings: {
        healthyAfterMs: HEALTHY_AFTER_MS,
        throttleFirstDelayMs: 1,
        throttleMaxDelayMs: 1,
      },
    });
    return { ...snapshot, slots, nextNumber: 100 };
  });

const notesOf = (world: ServiceWorld): readonly ProgressNote["kind"][] =>
  explainProgress({ ...world, healthyAfterMs: HEALTHY_AFTER_MS }).map(({ kind }) => kind);

const countStarts = (plan: ServicePlan): number =>
  plan.starts.reduce((sum, { count }) => sum + count, 0);

test("what is said to hold the planner back does hold it back", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(worlds, (world) => {
      const plan = planService(world);
      const healthy = new Set(
        world.tasks.filter((task) => isHealthy(world, task)).map((task) => task.id),
      );
      const stopsHealthy = plan.stops.some(({ taskId }) => healthy.has(taskId));
      const isDone: Partial<Record<ProgressNote["kind"], boolean>> = {
        steady: brief(plan).length > 0,
        throttled: countStarts(plan) > 0,
        failed: countStarts(plan) > 0,
        atCeiling: countStarts(plan) > 0,
        atFloor: stopsHealthy,
      };
      const kinds = notesOf(world);
      for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1);
      expect(kinds.filter((kind) => isDone[kind])).toEqual([]);
    }),
    { numRuns: 500 },
  );
  for (const kind of ["steady", "throttled", "failed", "atCeiling", "atFloor"]) {
    expect(seen.get(kind), kind).toBeGreaterThan(5);
  }
});

test("a service that the planner has done all for never says that it is yet to be looked at", () => {
  fc.assert(
    fc.property(worlds, (start) => {
      const world = settle(start, () => undefined);
      expect(brief(planService(world))).toEqual([]);
      expect(notesOf(world)).not.toContain("due");
      expect(notesOf(world)).not.toEqual([]);
    }),
    { numRuns: 300 },
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
