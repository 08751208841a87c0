import type { Task } from "@berth/domain/task";
import { computedDesiredCount, type TaskSet } from "@berth/domain/task-set";
import { brief } from "@berth/testing/service-snapshots";
import { obey, settle, type ServiceWorld, type Step } from "@berth/testing/service-world";
import {
  aSecondLater,
  type TaskSetChapter,
  taskSetStories,
  taskSetWorlds,
} from "@berth/testing/task-set-stories";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundsOf } from "./bounds.ts";
import { planService } from "./plan-service.ts";

const RUNS = { numRuns: 100 };
const CALM: TaskSetChapter = {
  incidents: ["advance"],
  shellDies: false,
  desiredCount: undefined,
  move: undefined,
};

const isAlive = (task: Task): boolean => task.lastStatus !== "STOPPED";

const aliveOf = ({ tasks }: ServiceWorld, set: TaskSet): readonly Task[] =>
  tasks.filter((task) => isAlive(task) && task.startedBy === set.id);

/** A set never starts beyond its own ceiling, and one that is deleted starts nothing. */
function expectWithinCeilings({ before, plan }: Step): void {
  for (const set of before.service.taskSets ?? []) {
    const isOwn = (start: { readonly deploymentId: string }) => start.deploymentId === set.id;
    const coming =
      plan.starts.filter(isOwn).reduce((sum, { count }) => sum + count, 0) +
      plan.service.plannedStarts.filter(isOwn).length;
    if (coming === 0) continue;
    const wanted = computedDesiredCount(before.service, set);
    const { ceiling } = boundsOf(wanted, before.service.deploymentConfiguration);
    expect(aliveOf(before, set).length + coming).toBeLessThanOrEqual(ceiling);
  }
}

function expectRest({ before, plan }: Step): void {
  const after = obey(before, plan);
  const again = planService(after);
  // A set that leaves the list may make the service steady, which is told at once.
  if (plan.service.taskSets?.length !== before.service.taskSets?.length) return;
  expect(brief(again)).toEqual([]);
  expect(again.service).toBe(after.service);
}

const look = (step: Step): void => {
  expectWithinCeilings(step);
  expectRest(step);
};

function live(world: ServiceWorld, chapter: TaskSetChapter): ServiceWorld {
  const later = aSecondLater(world, chapter);
  if (!chapter.shellDies) return settle(later, look);
  const { service, nextNumber } = obey(later, planService(later));
  return settle({ ...later, service, nextNumber }, look);
}

function liveOn(start: ServiceWorld, story: readonly TaskSetChapter[]): ServiceWorld {
  let world = settle(start, look);
  for (const chapter of story) world = live(world, chapter);
  return world;
}

const CALM_SECONDS = Array.from({ length: 40 }, () => CALM);

describe("task sets", () => {
  test("stay below their ceilings, and rest when the plan is obeyed, whatever happens", () => {
    fc.assert(
      fc.property(taskSetWorlds, taskSetStories, (start, story) => {
        expect(brief(planService(liveOn(start, story)))).toEqual([]);
      }),
      RUNS,
    );
  });

  test("each end with as many healthy tasks as the scale asks for, and none of a deleted one is left", () => {
    fc.assert(
      fc.property(taskSetWorlds, taskSetStories, (start, story) => {
        const roomy = { ...start, slots: 60 };
        const world = liveOn(roomy, [...story, ...CALM_SECONDS]);
        const { taskSets = [], steady, plannedStarts } = world.service;
        expect(taskSets.every(({ status }) => status !== "DRAINING")).toBe(true);
        expect(plannedStarts).toEqual([]);
        expect(steady).toBe(true);
        for (const set of taskSets) {
          expect(set.stabilityStatus).toBe("STEADY_STATE");
          expect(aliveOf(world, set)).toHaveLength(computedDesiredCount(world.service, set));
        }
        const known = new Set<string | undefined>(taskSets.map(({ id }) => id));
        expect(world.tasks.filter((task) => !known.has(task.startedBy))).toEqual([]);
        expect(planService(world).service, "oscillates").toBe(world.service);
      }),
      RUNS,
    );
  });

  test("have nothing to do with one another", () => {
    fc.assert(
      fc.property(taskSetWorlds, (world) => {
        const { starts, stops } = planService(world);
        const { taskSets = [] } = world.service;
        const apart = taskSets.map((set) =>
          planService({
            ...world,
            service: { ...world.service, taskSets: [set] },
            tasks: world.tasks.filter((task) => task.startedBy === set.id),
          }),
        );
        expect(starts).toEqual(apart.flatMap((plan) => plan.starts));
        expect(new Set(stops)).toEqual(new Set(apart.flatMap((plan) => plan.stops)));
      }),
      RUNS,
    );
  });

  test("are planned alike in whatever order the tasks come", () => {
    const shuffled = taskSetWorlds.chain((world) =>
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

  test("all end with their service", () => {
    fc.assert(
      fc.property(taskSetWorlds, (start) => {
        const service = { ...start.service, status: "DRAINING" as const, desiredCount: 0 };
        let world = settle({ ...start, service }, () => undefined);
        expect(world.service).toMatchObject({ status: "INACTIVE", taskSets: [] });
        world = settle(aSecondLater(world, CALM), () => undefined);
        expect(world.tasks).toEqual([]);
      }),
      RUNS,
    );
  });
});
