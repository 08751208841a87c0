import type { Task } from "@berth/domain/task";
import { TASK_STATUSES } from "@berth/domain/task-status";
import { taskReports, tasks } from "@berth/testing/arbitraries";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applyReport } from "./task-lifecycle.ts";
import type { TaskReport } from "./task-lifecycle.ts";

const rank = (task: Task): number => TASK_STATUSES.indexOf(task.lastStatus);
const CONTAINER_ORDER = ["PENDING", "RUNNING", "STOPPED"];

/** Each report at a moment of its own. */
const applyAll = (task: Task, reports: readonly TaskReport[]): Task =>
  reports.reduce(
    (current, report, index) => applyReport(current, report, 100 + index) ?? current,
    task,
  );

test("nothing an agent says moves a task, one of its containers or a wish of ours back", () => {
  fc.assert(
    fc.property(tasks, taskReports, (task, report) => {
      const after = applyReport(task, report, 100) ?? task;
      expect(rank(after)).toBeGreaterThanOrEqual(rank(task));
      const isWantedAgain = task.desiredStatus === "STOPPED" && after.desiredStatus === "RUNNING";
      expect(isWantedAgain).toBe(false);
      after.containers.forEach((container, index) => {
        const before = CONTAINER_ORDER.indexOf(task.containers[index]?.lastStatus ?? "PENDING");
        expect(CONTAINER_ORDER.indexOf(container.lastStatus)).toBeGreaterThanOrEqual(before);
      });
    }),
  );
});

test("a report said twice in a row is heard once", () => {
  fc.assert(
    fc.property(tasks, taskReports, (task, report) => {
      const once = applyReport(task, report, 100) ?? task;
      expect(applyReport(once, report, 200)).toBeUndefined();
    }),
  );
});

test("a stopped task stays as it is, whatever is still on its way", () => {
  fc.assert(
    fc.property(tasks, fc.array(taskReports, { maxLength: 4 }), (task, late) => {
      const stopped = applyReport(task, { status: "STOPPED", containers: [] }, 50) ?? task;
      expect(applyAll(stopped, late)).toBe(stopped);
    }),
  );
});

test("wherever STOPPED comes among the reports, the task and all its containers end there", () => {
  const lists = fc.array(taskReports, { maxLength: 4 });
  fc.assert(
    fc.property(tasks, lists, lists, (task, before, after) => {
      const end = applyAll(task, [...before, { status: "STOPPED", containers: [] }, ...after]);
      expect(end.lastStatus).toBe("STOPPED");
      expect(end.containers.every(({ lastStatus }) => lastStatus === "STOPPED")).toBe(true);
      expect(end.stoppedAt ?? 0).toBeGreaterThanOrEqual(task.lastStatus === "STOPPED" ? 0 : 100);
    }),
  );
});
