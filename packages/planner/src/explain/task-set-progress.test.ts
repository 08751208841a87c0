import type { Service } from "@berth/domain/service";
import { drainedTaskSet } from "@berth/domain/task-set";
import type { Task } from "@berth/domain/task";
import {
  aPlannedStart,
  aServiceSnapshot,
  aServiceTask,
  deploymentId,
  NOW,
} from "@berth/testing/service-snapshots";
import { settle } from "@berth/testing/service-world";
import { taskSetWorlds } from "@berth/testing/task-set-stories";
import { anExternalService, aTaskSet } from "@berth/testing/task-sets";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { explainProgress } from "./service-progress.ts";

const notes = (service: Partial<Service>, tasks: readonly Task[] = []) =>
  explainProgress({
    ...aServiceSnapshot({ tasks }),
    service: anExternalService(service),
    tasks,
  }).map(({ kind, text }) => `${kind}: ${text}`);

const SET = `Task set ${deploymentId(1)}`;
const throttled = {
  failedTasks: 4,
  failedRounds: 3,
  throttledUntil: NOW + 5_000,
};

test.each<{ name: string; service: Partial<Service>; tasks?: readonly Task[]; said: string[] }>([
  {
    name: "without task sets",
    service: {},
    said: ["steady: It has no task sets, so that it shall have no tasks."],
  },
  {
    name: "with all that the scales ask for",
    service: { taskSets: [aTaskSet(2, { scale: 0 }), aTaskSet(1)] },
    tasks: [aServiceTask(1, 1), aServiceTask(1, 2)],
    said: ["steady: Its task sets have what their scales ask for, all healthy."],
  },
  {
    name: "with a set whose tasks start",
    service: { taskSets: [aTaskSet(1)] },
    tasks: [aServiceTask(1, 1), aServiceTask(1, 2, "PENDING")],
    said: [`starting: ${SET}: 1 task PENDING: not started by their agents yet.`],
  },
  {
    name: "with a set that nobody has looked at",
    service: { taskSets: [aTaskSet(2, { scale: 0 }), aTaskSet(1)] },
    said: [`due: ${SET}: 0 of 2 tasks are healthy: its controller looks at it next.`],
  },
  {
    name: "with starts that are held back",
    service: { taskSets: [aTaskSet(1, { failures: throttled })] },
    said: [
      `throttled: ${SET}: Starts for ${deploymentId(1)} are held back after 3 rounds of failed starts.`,
    ],
  },
  {
    name: "with a start that has no instance",
    service: {
      taskSets: [aTaskSet(1, { scale: 50 })],
      plannedStarts: [aPlannedStart(1, 1, { unplaced: { since: 1, candidates: [] } })],
    },
    said: [
      `unplaced: ${SET}: 1 task finds no container instance; tried again as soon as one joins or has room.`,
    ],
  },
  {
    name: "with a set that is deleted",
    service: { taskSets: [drainedTaskSet(aTaskSet(1), NOW)] },
    tasks: [aServiceTask(1, 1)],
    said: [`removed: ${SET}: It is deleted: 1 task of it is left to stop.`],
  },
  {
    name: "with a deleted set whose task is protected",
    service: { taskSets: [drainedTaskSet(aTaskSet(1), NOW)] },
    tasks: [aServiceTask(1, 1, "RUNNING", { protectedUntil: NOW + 5_000 })],
    said: [
      `removed: ${SET}: It is deleted: 1 task of it is left to stop.`,
      `protected: ${SET}: 1 task beyond the desired count is protected from being stopped until the protection ends.`,
    ],
  },
  {
    name: "with a task of a set that is gone",
    service: { taskSets: [] },
    tasks: [aServiceTask(1, 1)],
    said: ["outdated: 1 task of a task set that is gone, to be stopped."],
  },
])("a service $name says so", ({ service, tasks = [], said }) => {
  expect(notes(service, tasks)).toEqual(said);
});

test("a service is said to be steady where the planner calls it so, and nowhere else", () => {
  const seen = { steady: 0, other: 0 };
  fc.assert(
    fc.property(taskSetWorlds, (start) => {
      const world = settle(start, () => undefined);
      const kinds = explainProgress(world).map(({ kind }) => kind);
      expect(kinds).not.toEqual([]);
      expect(kinds.includes("steady")).toBe(world.service.steady);
      expect(kinds.length === 1 || !world.service.steady).toBe(true);
      seen[world.service.steady ? "steady" : "other"] += 1;
    }),
    { numRuns: 300 },
  );
  expect(Math.min(seen.steady, seen.other)).toBeGreaterThan(5);
});
