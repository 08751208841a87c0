import type { Service } from "@berth/domain/service";
import { drainedTaskSet, type TaskSet } from "@berth/domain/task-set";
import * as fc from "fast-check";
import { aServiceSnapshot, aServiceTask, NOW, withHealth } from "./service-snapshots.ts";
import { serviceStories, type Chapter } from "./service-stories.ts";
import { happen, type ServiceWorld } from "./service-world.ts";
import { anExternalService, aTaskSet } from "./task-sets.ts";

const scales = fc.constantFrom(0, 10, 33.4, 50, 100);

const sets = fc.array(
  fc.record({
    scale: scales,
    isDraining: fc.constantFrom(false, false, true),
    taskCount: fc.integer({ min: 0, max: 4 }),
    status: fc.constantFrom("PENDING" as const, "RUNNING" as const, "STOPPING" as const),
  }),
  { minLength: 1, maxLength: 3 },
);

const circumstances = fc.record({
  sets,
  desiredCount: fc.integer({ min: 0, max: 5 }),
  isChecked: fc.boolean(),
  healthyAfterMs: fc.constantFrom(0, 1_500),
  slots: fc.integer({ min: 1, max: 30 }),
});

type Circumstances = typeof circumstances extends fc.Arbitrary<infer T> ? T : never;

/** Services with up to three task sets, each with tasks of its own in any number. */
export const taskSetWorlds: fc.Arbitrary<ServiceWorld> = circumstances.map(toWorld);

function toWorld(given: Circumstances): ServiceWorld {
  const taskSets = given.sets.map(({ scale, isDraining }, index) => {
    const set = aTaskSet(index + 1, { scale });
    return isDraining ? drainedTaskSet(set, NOW) : set;
  });
  const tasks = given.sets.flatMap(({ taskCount, status }, index) =>
    Array.from({ length: taskCount }, (_, number) =>
      withHealth(aServiceTask(index + 1, index * 10 + number, status), "HEALTHY"),
    ),
  );
  return {
    ...aServiceSnapshot({ tasks }),
    service: anExternalService({ desiredCount: given.desiredCount, taskSets }),
    checkedContainers: given.isChecked ? { "web:1": ["main"], "web:2": ["main"] } : {},
    settings: {
      healthyAfterMs: given.healthyAfterMs,
      provenAfterMs: given.healthyAfterMs,
      throttleFirstDelayMs: 1_000,
      throttleMaxDelayMs: 4_000,
    },
    slots: given.slots,
    nextNumber: 100,
  };
}

/** A second in which the outside controller may do something to one of the sets as well. */
export interface TaskSetChapter extends Chapter {
  readonly move: { readonly set: number; readonly to: number | "deleted" } | undefined;
}

export const taskSetStories: fc.Arbitrary<readonly TaskSetChapter[]> = fc
  .tuple(
    serviceStories,
    fc.array(
      fc.option(
        fc.record({
          set: fc.nat({ max: 2 }),
          to: fc.oneof({ weight: 4, arbitrary: scales }, fc.constant("deleted" as const)),
        }),
        { nil: undefined },
      ),
      { minLength: 12, maxLength: 12 },
    ),
  )
  .map(([chapters, moves]) =>
    chapters.map((chapter, index) => Object.assign({}, chapter, { move: moves[index] })),
  );

/** The world a second later: what befell its tasks, and what was asked of its service. */
export function aSecondLater(world: ServiceWorld, chapter: TaskSetChapter): ServiceWorld {
  const now = world.now + 1_000;
  const { incidents, desiredCount = world.service.desiredCount, move } = chapter;
  const service: Service = { ...world.service, desiredCount };
  return {
    ...world,
    now,
    service: move
      ? {
          ...service,
          taskSets: service.taskSets?.map((set, index) => moved(set, index, move, now)) ?? [],
        }
      : service,
    tasks: world.tasks.map((task, index) =>
      happen(task, incidents[index % incidents.length] ?? "advance", now),
    ),
  };
}

function moved(
  set: TaskSet,
  index: number,
  { set: chosen, to }: NonNullable<TaskSetChapter["move"]>,
  now: number,
): TaskSet {
  if (index !== chosen || set.status === "DRAINING") return set;
  return to === "deleted" ? drainedTaskSet(set, now) : { ...set, scale: to };
}
