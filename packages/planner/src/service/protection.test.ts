import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aServiceSnapshot,
  aServiceTask,
  brief,
  deploymentId,
  NOW,
  rollingOut,
  superseded,
  withHealth,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { planService } from "./plan-service.ts";

const PROTECTED = { protectedUntil: NOW + 60_000 };
const steady = superseded(1, { status: "PRIMARY" });

const plan = (
  tasks: readonly Task[],
  service: Partial<Service> = {},
  checkedContainers: Readonly<Record<string, readonly string[]>> = {},
) =>
  planService(
    aServiceSnapshot({ service: { deployments: [steady], ...service }, tasks, checkedContainers }),
  );

const told = (deployment: number, count: number) =>
  `(service web) was unable to reach steady state because (taskSet ${deploymentId(deployment)}) was unable to scale in due to (reason ${count} tasks under protection)`;

describe("a protected task", () => {
  test("is skipped by a scale-in, which takes another", () => {
    const tasks = [
      aServiceTask(1, 1, "RUNNING", PROTECTED),
      aServiceTask(1, 2),
      aServiceTask(1, 3),
    ];
    expect(brief(plan(tasks, { desiredCount: 1 }))).toEqual(["stop 2", "stop 3"]);
  });

  test("keeps a scale-in waiting, which says so and looks again when the protection ends", () => {
    const tasks = [
      aServiceTask(1, 1, "RUNNING", PROTECTED),
      aServiceTask(1, 2, "RUNNING", { protectedUntil: NOW + 5_000 }),
    ];
    const waiting = plan(tasks, { desiredCount: 1 });
    expect(brief(waiting)).toEqual([]);
    expect(waiting.events).toEqual([told(1, 1)]);
    expect(waiting.wakeAt).toBe(NOW + 5_000);
    expect(waiting.service.steady).toBe(false);
    const later = { ...aServiceSnapshot(), service: waiting.service, tasks, now: NOW + 5_000 };
    expect(brief(planService(later))).toEqual(["stop 2"]);
  });

  test("that is PENDING is no reason to stop one that serves, if only for a moment yet", () => {
    const pending = aServiceTask(1, 1, "PENDING", PROTECTED);
    const warming = aServiceTask(1, 2, "RUNNING", { startedAt: NOW - 1 });
    const settings = { ...aServiceSnapshot().settings, healthyAfterMs: 10 };
    const snapshot = aServiceSnapshot({
      service: { deployments: [steady], desiredCount: 1 },
      tasks: [pending, warming],
      settings,
    });
    expect(brief(planService(snapshot))).toEqual([]);
    const unprotected = { ...snapshot, tasks: [aServiceTask(1, 1, "PENDING"), warming] };
    expect(brief(planService(unprotected))).toEqual(["stop 1"]);
  });

  test("wakes nobody where nothing is to be stopped", () => {
    const beside = aServiceTask(1, 2);
    const guarded = plan([aServiceTask(1, 1, "RUNNING", PROTECTED), beside]);
    expect(guarded).toEqual(plan([aServiceTask(1, 1), beside]));
  });

  test("outlives its deployment, which waits for it to complete", () => {
    const deployments = [rollingOut(2), superseded(1)];
    const fresh = [aServiceTask(2, 3), aServiceTask(2, 4)];
    const tasks = [aServiceTask(1, 1, "RUNNING", PROTECTED), aServiceTask(1, 2), ...fresh];
    const { service } = plan(tasks, { deployments });
    expect(brief(plan(tasks, { deployments }))).toEqual(["stop 2"]);
    const waiting = plan([...tasks.slice(0, 1), ...fresh], { ...service, plannedStops: [] });
    expect(brief(waiting)).toEqual([]);
    expect(waiting.service.deployments[0]?.rolloutState).toBe("IN_PROGRESS");
    expect(service.lastTold).toHaveProperty([told(1, 1)]);
  });

  test("is never stopped to make room for its successor", () => {
    const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 100 };
    const tasks = [1, 2].map((number) => aServiceTask(1, number, "RUNNING", PROTECTED));
    const waiting = plan(tasks, {
      deployments: [rollingOut(2), superseded(1)],
      deploymentConfiguration,
    });
    expect(brief(waiting)).toEqual([]);
    expect(waiting.events).toEqual([told(1, 2)]);
  });

  test("goes when its health check fails, its instance drains or its service is deleted", () => {
    const task = aServiceTask(1, 1, "RUNNING", PROTECTED);
    const sick = withHealth(task, "UNHEALTHY");
    const checked = { "web:1": ["main"] };
    const full = { deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 } };
    expect(brief(plan([sick], { desiredCount: 1, ...full }, checked))).toEqual(["stop 1"]);
    expect(brief(plan([{ ...task, draining: true }], { desiredCount: 1, ...full }))).toEqual([
      "stop 1",
    ]);
    expect(brief(plan([task], { status: "DRAINING", desiredCount: 0 }))).toEqual(["stop 1"]);
  });

  test("is spared by a stop that was decided and not told before it was protected", () => {
    const tasks = [1, 2].map((number) => aServiceTask(1, number));
    const { service } = plan(tasks, { desiredCount: 1 });
    expect(service.plannedStops).toHaveLength(1);
    const [first, second] = tasks;
    const now = [{ ...first, ...PROTECTED } as Task, second as Task];
    expect(brief(plan(now, service))).toEqual(["stop 2"]);
  });

  test("does not have the healthy ones beside it stopped below the floor", () => {
    const tasks = [
      aServiceTask(1, 1, "PENDING", PROTECTED),
      aServiceTask(1, 2),
      aServiceTask(1, 3),
    ];
    expect(brief(plan(tasks, { desiredCount: 2 }))).toEqual([]);
  });
});
