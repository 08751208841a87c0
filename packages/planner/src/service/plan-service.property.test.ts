import { isTerminal } from "@berth/domain/service-deployment";
import type { Task } from "@berth/domain/task";
import { brief } from "@berth/testing/service-snapshots";
import {
  serviceStories,
  serviceWorlds,
  watchedServiceWorlds,
} from "@berth/testing/service-stories";
import type { Chapter } from "@berth/testing/service-stories";
import { happen, obey, settle } from "@berth/testing/service-world";
import type { ServiceWorld, Step } from "@berth/testing/service-world";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundsOf } from "./bounds.ts";
import { planService } from "./plan-service.ts";

const bounds = ({ service }: ServiceWorld) =>
  boundsOf(service.desiredCount, service.deploymentConfiguration);

/** A rollout needs one task of leeway: in the percentages, and on the instances. */
const canRollOut = (world: ServiceWorld): boolean => {
  const { floor, ceiling } = bounds(world);
  const { desiredCount } = world.service;
  const room = Math.min(ceiling, world.slots);
  return desiredCount === 0 || (desiredCount <= room && floor < room);
};

const isAlive = (task: Task): boolean => task.lastStatus !== "STOPPED";

/** Written down a second time, so that the planner's own count is checked too. */
const isHealthy = (world: ServiceWorld, task: Task): boolean => {
  if (task.lastStatus !== "RUNNING" || task.desiredStatus === "STOPPED") return false;
  return world.checkedContainers[task.taskDefinition]
    ? task.containers.every((container) => container.healthStatus === "HEALTHY")
    : world.now - (task.startedAt ?? 0) >= world.settings.healthyAfterMs;
};

const isSick = (task: Task): boolean =>
  task.containers.some((container) => container.healthStatus === "UNHEALTHY");

/** What a service has promised to leave alone. */
function expectProtected({ before, plan }: Step): void {
  for (const { taskId } of plan.stops) {
    const task = before.tasks.find(({ id }) => id === taskId);
    const isSafe = (task?.protectedUntil ?? 0) > before.now && !task?.draining;
    expect(isSafe && !(task && isSick(task)), `${taskId} is protected`).toBe(false);
  }
}

/** What has its verdict keeps it; what failed never looks like success. */
function expectVerdicts({ before, plan: { service } }: Step): void {
  const records = new Map(service.serviceDeployments.map((record) => [record.id, record]));
  for (const record of before.service.serviceDeployments.filter(isTerminal)) {
    expect([record, undefined]).toContain(records.get(record.id));
  }
  const failed = before.service.deployments.filter((each) => each.rolloutState === "FAILED");
  for (const { id } of failed) {
    const now = service.deployments.find((each) => each.id === id);
    expect(now?.rolloutState ?? "FAILED").toBe("FAILED");
  }
  const [latest] = service.serviceDeployments;
  if (latest && service.status === "ACTIVE") {
    expect(isTerminal(latest)).toBe(service.deployments[0]?.rolloutState !== "IN_PROGRESS");
  }
}

function expectWithinBounds({ before, plan }: Step): void {
  const { floor, ceiling } = bounds(before);
  const starts = plan.starts.reduce((sum, start) => sum + start.count, 0);
  const coming = starts + plan.service.plannedStarts.length;
  if (coming > 0) {
    expect(before.tasks.filter(isAlive).length + coming).toBeLessThanOrEqual(ceiling);
  }
  const doomed = new Set(before.service.plannedStops?.map((stop) => stop.taskId));
  const healthy = before.tasks.filter((task) => isHealthy(before, task) && !doomed.has(task.id));
  const staying = healthy.filter((task) => !plan.stops.some((stop) => stop.taskId === task.id));
  expect(staying.length).toBeGreaterThanOrEqual(Math.min(floor, healthy.length));
}

/** With a verdict, or a rebalancing that began or ended, the service may want something else at once. */
const turnsPage = ({ before: { service: earlier }, plan: { service } }: Step): boolean =>
  earlier.deployments[0]?.rolloutState !== service.deployments[0]?.rolloutState ||
  earlier.rebalancing?.isUnderWay !== service.rebalancing?.isUnderWay;

function expectRest(step: Step): void {
  if (turnsPage(step)) return;
  const { before, plan } = step;
  const after = obey(before, plan);
  const again = planService(after);
  expect(brief(again)).toEqual([]);
  expect(again.events).toEqual([]);
  expect(again.service).toBe(after.service);
}

const look = (step: Step): void => {
  expectWithinBounds(step);
  expectProtected(step);
  expectVerdicts(step);
  expectRest(step);
};

const CALM: Chapter = { incidents: ["advance"], shellDies: false, desiredCount: undefined };

function live(world: ServiceWorld, { incidents, shellDies, desiredCount }: Chapter): ServiceWorld {
  const now = world.now + 1000;
  const later: ServiceWorld = {
    ...world,
    now,
    service: { ...world.service, desiredCount: desiredCount ?? world.service.desiredCount },
    tasks: world.tasks.map((task, index) =>
      happen(task, incidents[index % incidents.length] ?? "advance", now),
    ),
  };
  if (!shellDies) return settle(later, look);
  const { service, nextNumber } = obey(later, planService(later));
  return settle({ ...later, service, nextNumber }, look);
}

function calmDown(world: ServiceWorld, chapterCount: number): ServiceWorld {
  let current = world;
  for (let chapter = 0; chapter < chapterCount; chapter += 1) current = live(current, CALM);
  expect(planService(current).service, "oscillates").toBe(current.service);
  return current;
}

const RUNS = { numRuns: 100 };

describe("planService", () => {
  test("stays within floor and ceiling, and rests when its plan is obeyed, whatever happens", () => {
    fc.assert(
      fc.property(serviceWorlds, serviceStories, (start, story) => {
        let world = settle(start, look);
        for (const chapter of story) world = live(world, chapter);
        expect(brief(planService(world))).toEqual([]);
      }),
      RUNS,
    );
  });

  test("does the same where failures are watched for", () => {
    fc.assert(
      fc.property(watchedServiceWorlds, serviceStories, (start, story) => {
        let world = settle(start, look);
        for (const chapter of story) world = live(world, chapter);
        expect(brief(planService(world))).toEqual([]);
      }),
      RUNS,
    );
  });

  test("gives every deployment its verdict once nothing happens any more", () => {
    fc.assert(
      fc.property(watchedServiceWorlds, serviceStories, (start, story) => {
        let world = settle(start, look);
        for (const chapter of story) world = live(world, chapter);
        fc.pre(canRollOut(world));
        world = calmDown(world, 60);
        const { deployments, serviceDeployments, taskDefinition } = world.service;
        expect(deployments[0]?.rolloutState).not.toBe("IN_PROGRESS");
        expect(serviceDeployments.every(isTerminal)).toBe(true);
        if (deployments[0]?.rolloutState !== "COMPLETED") return;
        const healthy = world.tasks.filter((task) => isHealthy(world, task));
        expect(healthy).toHaveLength(world.service.desiredCount);
        expect(healthy.every((task) => task.taskDefinition === taskDefinition)).toBe(true);
      }),
      RUNS,
    );
  });

  test("ends with zones as even as they can be where that is asked for", () => {
    fc.assert(
      fc.property(serviceWorlds, serviceStories, (start, story) => {
        let world = settle(start, look);
        for (const chapter of story) world = live(world, chapter);
        const room = Math.min(bounds(world).ceiling, world.slots) - world.service.desiredCount;
        fc.pre(canRollOut(world) && room > 0);
        fc.pre(world.service.availabilityZoneRebalancing === "ENABLED");
        world = calmDown(world, 20);
        // A zone that had no room is tried again after a while.
        const now = Math.max(world.now, world.service.rebalancing?.retryAt ?? 0);
        world = calmDown({ ...world, now }, 40);
        const inZone = (zone: string) =>
          world.tasks.filter((task) => task.availabilityZone === zone).length;
        expect(Math.abs(inZone("a") - inZone("b"))).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });

  test("ends at desiredCount healthy tasks of the PRIMARY deployment", () => {
    fc.assert(
      fc.property(serviceWorlds, serviceStories, (start, story) => {
        let world = settle(start, look);
        for (const chapter of story) world = live(world, chapter);
        fc.pre(canRollOut(world));
        world = calmDown(world, 60);
        expect(world.tasks.filter((task) => isHealthy(world, task))).toHaveLength(
          world.service.desiredCount,
        );
        expect(new Set(world.tasks.map((task) => task.taskDefinition)).size).toBeLessThanOrEqual(1);
        expect(world.service).toMatchObject({ steady: true, plannedStarts: [] });
        expect(
          world.service.deployments.map((each) => [each.taskDefinition, each.rolloutState]),
        ).toEqual([["web:2", "COMPLETED"]]);
      }),
      RUNS,
    );
  });

  test("makes the same plan in whatever order the tasks come", () => {
    const shuffled = serviceWorlds.chain((world) =>
      fc.record({
        world: fc.constant(world),
        tasks: fc.shuffledSubarray([...world.tasks], { minLength: world.tasks.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ world, tasks }) => {
        expect(planService({ ...world, tasks })).toEqual(planService(world));
      }),
      RUNS,
    );
  });

  test("counts a failed start once, however often it sees it", () => {
    fc.assert(
      fc.property(serviceWorlds, fc.integer({ min: 1, max: 4 }), (world, replays) => {
        const first = planService(world).service;
        let service = first;
        for (let replay = 0; replay < replays; replay += 1) {
          ({ service } = planService({ ...world, service, now: world.now + replay }));
        }
        const failures = (from: typeof service) => from.deployments.map((each) => each.failedTasks);
        expect(failures(service)).toEqual(failures(first));
      }),
      RUNS,
    );
  });

  test("lets go of a deleted service, whatever state it is in", () => {
    fc.assert(
      fc.property(serviceWorlds, (start) => {
        const service = { ...start.service, status: "DRAINING" as const, desiredCount: 0 };
        let world = settle({ ...start, service }, () => undefined);
        expect(world.service.status).toBe("INACTIVE");
        world = live(world, CALM);
        expect(world.tasks).toEqual([]);
      }),
      RUNS,
    );
  });
});
