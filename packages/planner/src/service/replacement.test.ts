import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aPlannedStart,
  aServiceSnapshot,
  aServiceTask,
  brief,
  NOW,
  superseded,
  withHealth,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { planService } from "./plan-service.ts";

const healthy = (number: number) => withHealth(aServiceTask(1, number), "HEALTHY");
const unhealthy = (number: number) => withHealth(aServiceTask(1, number), "UNHEALTHY");
const draining = (number: number, status?: Task["lastStatus"]) =>
  aServiceTask(1, number, status, { draining: true });

const plan = (
  tasks: readonly Task[],
  service: Partial<Service> = {},
  checkedContainers: Readonly<Record<string, readonly string[]>> = { "web:1": ["main"] },
) =>
  planService(
    aServiceSnapshot({
      service: { deployments: [superseded(1, { status: "PRIMARY" })], ...service },
      tasks,
      checkedContainers,
    }),
  );

const noRoomAbove = (minimumHealthyPercent: number) => ({
  deploymentConfiguration: { minimumHealthyPercent, maximumPercent: 100 },
});

describe("tasks that fail their health checks", () => {
  test.each([
    {
      name: "get a successor first",
      tasks: [healthy(1), unhealthy(2)],
      expected: ["start 1"],
    },
    {
      name: "stay until it is healthy",
      tasks: [healthy(1), unhealthy(2), aServiceTask(1, 3)],
      expected: [],
    },
    {
      name: "go when it is",
      tasks: [healthy(1), unhealthy(2), healthy(3)],
      expected: ["stop 2"],
    },
  ])("$name", ({ tasks, expected }) => {
    expect(brief(plan(tasks))).toEqual(expected);
  });

  test.each([
    {
      name: "go one at a time where the ceiling leaves no room",
      tasks: [unhealthy(1), unhealthy(2)],
      expected: ["stop 1"],
    },
    {
      name: "wait for the successor of the one before",
      tasks: [unhealthy(2), aServiceTask(1, 3, "PENDING")],
      expected: [],
    },
    {
      name: "wait until the one before has left",
      tasks: [{ ...unhealthy(1), desiredStatus: "STOPPED" as const }, unhealthy(2)],
      expected: [],
    },
    {
      name: "make room for the next once that is healthy",
      tasks: [unhealthy(2), healthy(3)],
      expected: ["stop 2"],
    },
  ])("$name", ({ tasks, expected }) => {
    expect(brief(plan(tasks, noRoomAbove(100)))).toEqual(expected);
  });

  test("go one at a time even where there are too many tasks", () => {
    const tasks = [healthy(1), unhealthy(2), unhealthy(3)];
    expect(brief(plan(tasks, noRoomAbove(100)))).toEqual(["stop 2"]);
  });

  test("wait while the ceiling still lets a successor start", () => {
    const tasks = [unhealthy(1), unhealthy(2), unhealthy(3)];
    const deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 134 };
    expect(brief(plan(tasks, { desiredCount: 3, deploymentConfiguration }))).toEqual(["start 1"]);
  });

  test("leave it to old ones to make room while they wait", () => {
    const old = aServiceTask(0, 3);
    const tasks = [unhealthy(1), aServiceTask(1, 2, "PENDING"), old];
    const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 134 };
    expect(brief(plan(tasks, { desiredCount: 3, deploymentConfiguration }))).toEqual([
      "start 1",
      "stop 3",
    ]);
  });

  test("make room for a successor that no instance takes", () => {
    const candidates = [{ containerInstanceId: "i", reason: "RESOURCE:PORTS", detail: "" }];
    const plannedStarts = [aPlannedStart(1, 9, { unplaced: { since: 0, candidates } })];
    expect(brief(plan([healthy(1), unhealthy(2)], { plannedStarts }))).toEqual(["stop 2"]);
  });

  test("are told of once, and when they stop", () => {
    const tasks = [healthy(1), unhealthy(2)];
    const event = `(service web) (task ${unhealthy(2).id}) failed container health checks.`;
    const first = plan(tasks);
    expect(first.events).toEqual([event]);
    expect(plan(tasks, first.service).events).toEqual([]);
    expect(plan([...tasks, healthy(3)]).stops).toEqual([
      {
        taskId: unhealthy(2).id,
        stopCode: "ServiceSchedulerInitiated",
        reason: "Task failed container health checks",
      },
    ]);
  });

  test("are named as the reason of the starts that replace them", () => {
    const { events } = plan([healthy(1), unhealthy(2), aServiceTask(1, 3, "PENDING")], {
      plannedStarts: [aPlannedStart(1, 3)],
    });
    expect(events).toContain(
      `(service web) has started 1 tasks: (task ${unhealthy(3).id}). ` +
        "Amazon ECS replaced 1 tasks due to an unhealthy status.",
    );
  });

  test("are left alone during the grace period", () => {
    const young = { ...unhealthy(2), startedAt: NOW - 9000 };
    const result = plan([healthy(1), young], { healthCheckGracePeriodSeconds: 10 });
    expect(brief(result)).toEqual([]);
    expect(result.events).toEqual([]);
    expect(result.wakeAt).toBe(NOW + 1000);
    const over = { ...young, startedAt: NOW - 10_000 };
    expect(brief(plan([healthy(1), over], { healthCheckGracePeriodSeconds: 10 }))).toEqual([
      "start 1",
    ]);
  });

  test("do not count where their containers have no check of their own", () => {
    expect(brief(plan([healthy(1), unhealthy(2)], {}, {}))).toEqual([]);
  });
});

describe("tasks on a draining instance", () => {
  test.each([
    {
      name: "that are PENDING stop at once",
      tasks: [aServiceTask(1, 1), draining(2, "PENDING")],
      expected: ["start 1", "stop 2"],
    },
    {
      name: "that are RUNNING get a successor first",
      tasks: [aServiceTask(1, 1), draining(2)],
      expected: ["start 1"],
    },
    {
      name: "go when it is healthy",
      tasks: [aServiceTask(1, 1), draining(2), aServiceTask(1, 3)],
      expected: ["stop 2"],
    },
  ])("$name", ({ tasks, expected }) => {
    expect(brief(plan(tasks, {}, {}))).toEqual(expected);
  });

  test("go first where minimumHealthyPercent allows it and the ceiling does not allow more", () => {
    const tasks = [aServiceTask(1, 1), draining(2)];
    expect(brief(plan(tasks, noRoomAbove(50), {}))).toEqual(["stop 2"]);
    expect(brief(plan(tasks, noRoomAbove(100), {}))).toEqual([]);
  });
});

test("a task that died after it ran is replaced and archived at once", () => {
  const died = aServiceTask(1, 2, "STOPPED", {
    startedAt: 1,
    stopCode: "EssentialContainerExited",
  });
  const result = plan([aServiceTask(1, 1), died], {}, {});
  expect(brief(result)).toEqual(["start 1", "archive 2"]);
  expect(result.service.deployments[0]?.failedTasks).toBe(0);
});
