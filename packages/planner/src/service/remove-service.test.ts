import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aPlannedStart,
  aServiceSnapshot,
  aServiceTask,
  brief,
  NOW,
  rollingOut,
  superseded,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { planService } from "./plan-service.ts";

const leaving = (number: number): Task =>
  aServiceTask(1, number, "RUNNING", { desiredStatus: "STOPPED" });

const plan = (tasks: readonly Task[], service: Partial<Service> = {}) =>
  planService(
    aServiceSnapshot({
      service: {
        status: "DRAINING",
        desiredCount: 0,
        deployments: [rollingOut(2), superseded(1)],
        ...service,
      },
      tasks,
    }),
  );

describe("a deleted service", () => {
  test("stops all tasks of all deployments at once", () => {
    const result = plan([aServiceTask(1, 1), aServiceTask(2, 2, "PENDING"), leaving(3)]);
    expect(brief(result)).toEqual(["stop 2", "stop 1"]);
    expect(result.service.status).toBe("DRAINING");
    expect(result.events).toEqual([
      `(service web) has stopped 1 running tasks: (task ${leaving(1).id}).`,
      "(service web) stopped 1 pending tasks.",
    ]);
  });

  test("drops its planned starts, and starts nothing", () => {
    const result = plan([], { plannedStarts: [aPlannedStart(2, 1)], desiredCount: 2 });
    expect(brief(result)).toEqual([]);
    expect(result.service.plannedStarts).toEqual([]);
  });

  test("is INACTIVE as soon as every task is on its way out", () => {
    const { service } = plan([leaving(1), aServiceTask(1, 2, "STOPPED")]);
    expect(service).toMatchObject({ status: "INACTIVE", inactiveAt: NOW, steady: false });
  });

  test("is not INACTIVE before the stops that it decided are ordered", () => {
    const tasks = [aServiceTask(1, 1)];
    const { service } = plan(tasks);
    expect(service.status).toBe("DRAINING");
    expect(brief(plan(tasks, service))).toEqual(["stop 1"]);
  });

  test("goes on to archive when it is INACTIVE, and does not change any more", () => {
    const { service } = plan([leaving(1)]);
    const snapshot = aServiceSnapshot({
      service,
      tasks: [aServiceTask(1, 1, "STOPPED")],
      now: NOW + 1,
    });
    const later = planService(snapshot);
    expect(brief(later)).toEqual(["archive 1"]);
    expect(later.service).toBe(snapshot.service);
    expect(later.events).toEqual([]);
  });

  test("still tells of tasks that it started before", () => {
    const { events } = plan([aServiceTask(2, 1)], { plannedStarts: [aPlannedStart(2, 1)] });
    expect(events[0]).toBe(`(service web) has started 1 tasks: (task ${leaving(1).id}).`);
  });

  test("stops a task that appears late", () => {
    expect(brief(plan([aServiceTask(1, 1)], { status: "INACTIVE" }))).toEqual(["stop 1"]);
  });
});
