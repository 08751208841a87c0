import type { Deployment, Service } from "@berth/domain/service";
import type { StopCode } from "@berth/domain/task-status";
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
import { describe, expect, test } from "vitest";
import { planService } from "./plan-service.ts";

const failed = (number: number, overrides: Partial<Task> = {}) =>
  aServiceTask(1, number, "STOPPED", {
    stopCode: "TaskFailedToStart",
    createdAt: NOW - 10,
    stoppedAt: NOW - 5,
    ...overrides,
  });

const plan = (
  tasks: readonly Task[],
  deployment: Partial<Deployment> = {},
  service: Partial<Service> = {},
  now = NOW,
) =>
  planService(
    aServiceSnapshot({
      service: { deployments: [rollingOut(1, deployment)], ...service },
      tasks,
      now,
    }),
  );

describe("counting", () => {
  test.each([
    { name: "a start that failed", task: failed(1), expected: 1 },
    {
      name: "an essential container that exited before the task ran",
      task: failed(1, { stopCode: "EssentialContainerExited" }),
      expected: 1,
    },
    {
      name: "a task that ran and then exited",
      task: failed(1, { startedAt: NOW - 6, stopCode: "EssentialContainerExited" }),
      expected: 1,
    },
    { name: "a task of no listed deployment", task: failed(1, { startedBy: "x" }), expected: 0 },
    ...(
      [
        "UserInitiated",
        "ServiceSchedulerInitiated",
        "SpotInterruption",
        "TerminationNotice",
      ] as const
    ).map((stopCode: StopCode) => ({
      name: `a start that was stopped as ${stopCode}`,
      task: failed(1, { stopCode }),
      expected: 0,
    })),
  ])("$name counts $expected", ({ task, expected }) => {
    const { service, archive } = plan([task]);
    expect(service.deployments[0]?.failedTasks).toBe(expected);
    expect(archive).toEqual([task.id]);
  });

  test.each([
    { name: "exited counts nothing", task: failed(1, { startedAt: NOW - 6 }), expected: 0 },
    { name: "never ran still counts", task: failed(1), expected: 1 },
  ])("after completion, a task that $name", ({ task, expected }) => {
    const { service } = plan([task], { rolloutState: "COMPLETED" });
    expect(service.deployments[0]?.failedTasks).toBe(expected);
  });

  describe("a health check that failed", () => {
    const sick = withHealth(aServiceTask(1, 1), "UNHEALTHY");
    const checked = (
      tasks: readonly Task[],
      deployment: Partial<Deployment> = {},
      service: Partial<Service> = {},
    ) =>
      planService(
        aServiceSnapshot({
          service: { deployments: [rollingOut(1, deployment)], ...service },
          tasks,
          checkedContainers: { "web:1": ["main"] },
        }),
      ).service;

    test("counts as soon as it is seen, once", () => {
      const first = checked([sick]);
      expect(first.deployments[0]).toMatchObject({ failedTasks: 1, lastFailedAt: NOW });
      const again = checked([sick], first.deployments[0], {
        countedFailures: first.countedFailures,
      });
      expect(again.deployments[0]?.failedTasks).toBe(1);
    });

    test("does not count again when its task is stopped for it", () => {
      const stopped = aServiceTask(1, 1, "STOPPED", {
        startedAt: 0,
        stoppedAt: NOW,
        stopCode: "ServiceSchedulerInitiated",
      });
      expect(checked([stopped], { failedTasks: 1 }).deployments[0]?.failedTasks).toBe(1);
    });

    test("counts nothing while the grace period lasts, nor after completion", () => {
      const young = withHealth(
        aServiceTask(1, 1, "RUNNING", { startedAt: NOW - 999 }),
        "UNHEALTHY",
      );
      const grace = { healthCheckGracePeriodSeconds: 1 };
      expect(checked([young], {}, grace).deployments[0]?.failedTasks).toBe(0);
      expect(checked([sick], { rolloutState: "COMPLETED" }).deployments[0]?.failedTasks).toBe(0);
    });

    test("is not made up for by a task that runs and is not HEALTHY yet", () => {
      const warming = aServiceTask(1, 2, "RUNNING", { startedAt: NOW });
      const before = { failedTasks: 2, lastFailedAt: NOW - 1 };
      expect(checked([warming], before).deployments[0]?.failedTasks).toBe(2);
      const healthy = withHealth(warming, "HEALTHY");
      expect(checked([healthy], before).deployments[0]?.failedTasks).toBe(0);
    });

    test("is never made up for where resetOnHealthyTask is off, until the deployment is over", () => {
      const deploymentConfiguration = {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: false, resetOnHealthyTask: false },
      };
      const healthy = withHealth(aServiceTask(1, 2, "RUNNING", { startedAt: NOW }), "HEALTHY");
      const before = { failedTasks: 2, lastFailedAt: NOW - 1 };
      const underWay = checked([healthy], before, { deploymentConfiguration });
      expect(underWay.deployments[0]?.failedTasks).toBe(2);
      const over = checked(
        [healthy],
        { ...before, rolloutState: "COMPLETED" },
        {
          deploymentConfiguration,
        },
      );
      expect(over.deployments[0]?.failedTasks).toBe(0);
    });

    test("stays with a deployment that has FAILED", () => {
      const healthy = withHealth(aServiceTask(1, 2, "RUNNING", { startedAt: NOW }), "HEALTHY");
      const before = { failedTasks: 2, lastFailedAt: NOW - 1, rolloutState: "FAILED" as const };
      expect(checked([healthy], before).deployments[0]?.failedTasks).toBe(2);
    });
  });

  test("happens once, though the shell dies before it archives", () => {
    const first = plan([failed(1), failed(2)]);
    const again = plan([failed(1), failed(2)], first.service.deployments[0], {
      countedFailures: first.service.countedFailures,
    });
    expect(first.service.countedFailures).toEqual([failed(1).id, failed(2).id]);
    expect(again.service.deployments[0]?.failedTasks).toBe(2);
    expect(again.archive).toEqual([failed(1).id, failed(2).id]);
  });

  test("forgets what is archived with the next change", () => {
    const { service } = plan([failed(2)], {}, { countedFailures: [failed(1).id] });
    expect(service.countedFailures).toEqual([failed(2).id]);
  });

  test("starts over once a task runs after the failure", () => {
    const before = {
      failedTasks: 4,
      failedRounds: 3,
      lastFailedAt: NOW - 5,
      lastFailedStartAt: NOW - 5,
      throttledUntil: NOW - 1,
    };
    const later = aServiceTask(1, 2, "RUNNING", { startedAt: NOW - 4 });
    const { service } = plan([later, aServiceTask(1, 3)], before);
    expect(service.deployments[0]).toMatchObject({ failedTasks: 0 });
    expect(service.deployments[0]).not.toHaveProperty("throttledUntil");
    expect(service.deployments[0]).not.toHaveProperty("failedRounds");
  });

  test("takes a start at the moment of the failure for a later one", () => {
    const before = { failedTasks: 1, failedRounds: 1, lastFailedAt: NOW - 5 };
    const { service } = plan([aServiceTask(1, 2, "RUNNING", { startedAt: NOW - 5 })], before);
    expect(service.deployments[0]?.failedTasks).toBe(0);
  });

  test("goes on while the only tasks that run are older than the failure", () => {
    const { service } = plan([aServiceTask(1, 2), failed(1)]);
    expect(service.deployments[0]?.failedTasks).toBe(1);
  });
});

describe("throttle", () => {
  test("holds further starts back, and looks again when they may go on", () => {
    const held = plan([failed(1)]);
    expect(brief(held)).toEqual(["archive 1"]);
    expect(held.wakeAt).toBe(NOW + 1000);
    const [deployment] = held.service.deployments;
    expect(brief(plan([], deployment, {}, NOW + 999))).toEqual([]);
    expect(brief(plan([], deployment, {}, NOW + 1000))).toEqual(["start 2"]);
  });

  test.each([
    { rounds: 1, delayMs: 2000 },
    { rounds: 2, delayMs: 4000 },
    { rounds: 5, delayMs: 32_000 },
    { rounds: 6, delayMs: 60_000 },
    { rounds: 600, delayMs: 60_000 },
  ])("waits $delayMs ms after $rounds failed rounds and one more", ({ rounds, delayMs }) => {
    const { service } = plan([failed(1)], { failedRounds: rounds, throttledUntil: NOW - 20 });
    expect(service.deployments[0]?.throttledUntil).toBe(NOW + delayMs);
  });

  test("takes starts that fail together as one round", () => {
    const first = plan([failed(1), failed(2)]).service.deployments[0];
    expect(first).toMatchObject({ failedRounds: 1, throttledUntil: NOW + 1000 });
    const straggler = plan([failed(3)], first, {}, NOW + 500).service.deployments[0];
    expect(straggler).toMatchObject({
      failedTasks: 3,
      failedRounds: 1,
      throttledUntil: NOW + 1000,
    });
  });

  test("begins the next round with the first start that was allowed again", () => {
    const next = failed(1, { createdAt: NOW - 10 });
    const { service } = plan([next], { failedRounds: 1, throttledUntil: NOW - 10 });
    expect(service.deployments[0]?.failedRounds).toBe(2);
  });

  test("does not hold back the successor of a task that died after it ran", () => {
    const died = failed(1, { startedAt: NOW - 60 });
    const { starts, service } = plan([died, aServiceTask(1, 2)]);
    expect(starts).toHaveLength(1);
    expect(service.deployments[0]).not.toHaveProperty("throttledUntil");
  });

  test("does not hold back the next deployment", () => {
    const { starts } = planService(
      aServiceSnapshot({
        service: { deployments: [rollingOut(2), superseded(1, { throttledUntil: NOW + 9 })] },
      }),
    );
    expect(starts).toHaveLength(1);
  });

  test("stops no old task ahead of successors that cannot start now", () => {
    const { stops } = planService(
      aServiceSnapshot({
        service: {
          deployments: [rollingOut(2, { throttledUntil: NOW + 9 }), superseded(1)],
          deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
        },
        tasks: [aServiceTask(1, 1), aServiceTask(1, 2)],
      }),
    );
    expect(stops).toEqual([]);
  });

  test("is told from the third failed round on, once", () => {
    const told = "(service web) is unable to consistently start tasks successfully.";
    const round = { failedTasks: 1, throttledUntil: NOW - 20 };
    expect(plan([failed(1)], { ...round, failedRounds: 1 }).events).toEqual([]);
    const third = plan([failed(1)], { ...round, failedRounds: 2 });
    expect(third.events).toEqual([told]);
    const { lastTold, deployments } = third.service;
    const fourth = plan([failed(2)], { ...deployments[0], throttledUntil: NOW - 20 }, { lastTold });
    expect(fourth.service.deployments[0]?.failedRounds).toBe(4);
    expect(fourth.events).toEqual([]);
  });
});
