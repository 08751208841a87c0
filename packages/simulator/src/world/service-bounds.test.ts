import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { aService, aTask, taskId } from "@berth/testing/builders";
import { beforeEach, expect, test } from "vitest";
import { ClusterView } from "./cluster-view.ts";
import { ServiceBounds } from "./service-bounds.ts";

const GROUP = "service:web";

let view: ClusterView;
let clock: { now: number };
let bounds: ServiceBounds;
beforeEach(() => {
  view = new ClusterView();
  clock = { now: 1_000_000 };
  bounds = new ServiceBounds(view, clock);
});

/** Three tasks wanted: at least two healthy, at most four there. */
const write = (service: Partial<Service> = {}) =>
  view.onService({
    ...aService({
      desiredCount: 3,
      deploymentConfiguration: { minimumHealthyPercent: 66, maximumPercent: 150 },
      ...service,
    }),
  });

const task = (number: number, members: Partial<Task> = {}) =>
  view.onTask(
    aTask({ id: taskId(GROUP, number), group: GROUP, lastStatus: "RUNNING", ...members }),
  );

const ORDERED = { desiredStatus: "STOPPED", stopCode: "ServiceSchedulerInitiated" } as const;
const ASKED = { desiredStatus: "STOPPED", stopCode: "UserInitiated" } as const;

/** Since long enough for every pass to know. */
const run = (...numbers: readonly number[]) => {
  for (const number of numbers) task(number);
  clock.now += 10_000;
};
const broken = () => bounds.violations.map(({ invariant, text }) => `${invariant} ${text}`);

test("a start above the ceiling is told, and no rewriting of what is over", () => {
  write();
  run(1, 2, 3, 4);
  expect(broken()).toEqual([]);
  task(5);
  expect(broken()).toEqual(["I3 5 tasks, ceiling 4"]);
  task(6, { lastStatus: "STOPPED" });
  expect(broken()).toHaveLength(1);
});

test("a stop below the floor is told, whoever stopped the others", () => {
  write();
  run(1, 2, 3);
  task(1, ASKED);
  expect(broken()).toEqual([]);
  task(2, ORDERED);
  expect(broken()).toEqual(["I4 a healthy task is stopped: 1 are left, floor 2"]);
});

test("a death excuses a stop that was decided before it was known, and no later one", () => {
  write();
  run(1, 2, 3, 4);
  task(1, { lastStatus: "STOPPED" });
  task(2, ORDERED);
  clock.now += 2_000;
  task(3, ORDERED);
  expect(broken()).toEqual([]);
  run(3);
  clock.now += 2_000;
  task(3, ORDERED);
  expect(broken()).toHaveLength(1);
});

test("a stop that was decided before its task was known to be healthy is excused", () => {
  write();
  run(1);
  task(2);
  clock.now += 2_000;
  task(2, ORDERED);
  expect(broken()).toEqual([]);
});

test("what was asked for holds for a while, and then what is asked for", () => {
  write();
  run(1, 2, 3, 4);
  write({ desiredCount: 1 });
  task(5);
  expect(broken()).toHaveLength(1);
  clock.now += 30_000;
  task(5, { lastStatus: "STOPPED" });
  task(4, ORDERED);
  task(4, { ...ORDERED, lastStatus: "STOPPED" });
  task(6);
  expect(broken()).toHaveLength(1);
  clock.now += 60_000;
  task(7);
  expect(broken()).toHaveLength(2);
});

test("a DAEMON is left to others", () => {
  write({ schedulingStrategy: "DAEMON" });
  run(1, 2, 3, 4, 5);
  expect(broken()).toEqual([]);
});
