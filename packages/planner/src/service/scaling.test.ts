import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aServiceSnapshot,
  aServiceTask,
  brief,
  NOW,
  superseded,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { planService } from "./plan-service.ts";

const steady = superseded(1, { status: "PRIMARY" });
const STEADY = "(service web) has reached a steady state.";

const plan = (tasks: readonly Task[], service: Partial<Service> = {}, now = NOW) =>
  planService(aServiceSnapshot({ service: { deployments: [steady], ...service }, tasks, now }));

describe("scaling without a new deployment", () => {
  test.each([
    { name: "starts those missing", tasks: [aServiceTask(1, 1)], expected: ["start 1"] },
    {
      name: "replaces one that was told to stop by others",
      tasks: [aServiceTask(1, 1), aServiceTask(1, 2, "RUNNING", { desiredStatus: "STOPPED" })],
      expected: ["start 1"],
    },
    {
      name: "stops the oldest",
      tasks: [
        aServiceTask(1, 1, "RUNNING", { createdAt: 3 }),
        aServiceTask(1, 2, "RUNNING", { createdAt: 1 }),
        aServiceTask(1, 3, "RUNNING", { createdAt: 2 }),
      ],
      expected: ["stop 2"],
    },
    {
      name: "stops PENDING ones rather than RUNNING ones",
      tasks: [aServiceTask(1, 1), aServiceTask(1, 2), aServiceTask(1, 3, "PENDING")],
      expected: ["stop 3"],
    },
  ])("$name", ({ tasks, expected }) => {
    expect(brief(plan(tasks))).toEqual(expected);
  });

  test("tells what it stops, and why", () => {
    const tasks = [
      aServiceTask(1, 1),
      aServiceTask(1, 2),
      aServiceTask(1, 3, "PENDING"),
      aServiceTask(1, 4),
    ];
    const { stops, events } = plan(tasks, { desiredCount: 1 });
    expect(stops).toContainEqual({
      taskId: aServiceTask(1, 3).id,
      stopCode: "ServiceSchedulerInitiated",
      reason: "Scaling activity initiated by (deployment ecs-svc/0000000000000000001)",
    });
    expect(events).toEqual([
      `(service web) has stopped 2 running tasks: (task ${aServiceTask(1, 1).id}) (task ${aServiceTask(1, 2).id}).`,
      "(service web) stopped 1 pending tasks.",
    ]);
  });

  test("keeps the deployment, its id and its state", () => {
    expect(plan([aServiceTask(1, 1)]).service.deployments).toEqual([steady]);
  });
});

describe("stops that were decided and never ordered", () => {
  const tasks = [aServiceTask(1, 1), aServiceTask(1, 2), aServiceTask(1, 3)];
  const { service, stops } = plan(tasks);

  test("are ordered again, without a word and without further victims", () => {
    const again = plan(tasks, service);
    expect(brief(again)).toEqual(["stop 1"]);
    expect(again.events).toEqual([]);
    expect(again.service.plannedStops).toEqual(service.plannedStops);
  });

  test("stand even if another task would be chosen now, while the floor can do without", () => {
    const now = [aServiceTask(1, 1), aServiceTask(1, 2), aServiceTask(1, 3, "PENDING")];
    const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 200 };
    expect(brief(plan(now, { ...service, deploymentConfiguration }))).toEqual(["stop 1"]);
  });

  test("are taken back where another task failed since, and the floor needs theirs", () => {
    const failed = aServiceTask(1, 3, "STOPPED", { desiredStatus: "RUNNING", startedAt: 1 });
    const now = plan([aServiceTask(1, 1), aServiceTask(1, 2), failed], service);
    expect(brief(now)).toEqual(["archive 3"]);
    expect(now.service.plannedStops).toEqual([]);
  });

  test("are taken back only as far as the floor needs it", () => {
    const five = [1, 2, 3, 4, 5].map((number) => aServiceTask(1, number));
    const decided = plan(five, { desiredCount: 3 }).service;
    expect(decided.plannedStops?.map(({ taskId }) => taskId)).toEqual(
      five.slice(0, 2).map(({ id }) => id),
    );
    const failed = aServiceTask(1, 5, "STOPPED", { desiredStatus: "RUNNING", startedAt: 1 });
    expect(brief(plan([...five.slice(0, 4), failed], decided))).toEqual(["stop 2", "archive 5"]);
  });

  test("are over with a task that stopped by itself", () => {
    const stopped = aServiceTask(1, 1, "STOPPED", { desiredStatus: "RUNNING", startedAt: 1 });
    const result = plan([stopped, aServiceTask(1, 2), aServiceTask(1, 3)], service);
    expect(brief(result)).toEqual(["archive 1"]);
  });

  test("are forgotten with a later change, once the task was told", () => {
    const told = { ...aServiceTask(1, 1), desiredStatus: "STOPPED" as const };
    expect(stops).toHaveLength(1);
    const quiet = plan([told, aServiceTask(1, 2), aServiceTask(1, 3)], service);
    expect(brief(quiet)).toEqual([]);
    const later = plan([told, aServiceTask(1, 2), aServiceTask(1, 3)], {
      ...service,
      desiredCount: 1,
    });
    expect(later.service.plannedStops?.map((stop) => stop.taskId)).toEqual([aServiceTask(1, 2).id]);
  });
});

describe("steady state", () => {
  const tasks = [aServiceTask(1, 1), aServiceTask(1, 2)];

  test("is told once, and again every six hours", () => {
    const { service, events, wakeAt } = plan(tasks);
    expect(events).toEqual([STEADY]);
    expect(wakeAt).toBe(NOW + 6 * 3_600_000);
    const again = plan(tasks, service, NOW + 1);
    expect(again.events).toEqual([]);
    expect(again.service.lastTold).toBe(service.lastTold);
    expect(plan(tasks, service, wakeAt).events).toEqual([STEADY]);
  });

  test("is told again after it was lost", () => {
    const { service } = plan(tasks);
    const lost = plan([aServiceTask(1, 1)], service);
    expect(lost.service.steady).toBe(false);
    expect(plan(tasks, lost.service).events).toEqual([STEADY]);
  });

  test("of no tasks at all is steady too", () => {
    expect(plan([], { desiredCount: 0 }).events).toEqual([STEADY]);
  });

  test("is not reached while one of the tasks is only WARMING", () => {
    const settings = { ...aServiceSnapshot().settings, healthyAfterMs: 40_000 };
    const young = aServiceTask(1, 2, "RUNNING", { startedAt: NOW - 39_000 });
    const snapshot = aServiceSnapshot({
      service: { deployments: [steady] },
      tasks: [aServiceTask(1, 1), young],
      settings,
    });
    expect(planService(snapshot).events).toEqual([]);
    expect(planService(snapshot).wakeAt).toBe(NOW + 1000);
    expect(planService({ ...snapshot, now: NOW + 1000 }).events).toEqual([STEADY]);
  });
});
