import type { Task } from "@berth/domain/task";
import { aSession, aTask, aTaskContainer, instanceId } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { type WaitContext, waitOf } from "./waiting.ts";

const AGENT = `the agent of container instance ${instanceId(1)}`;
const CONNECTED = aSession({ connectionId: "c", leaseUntil: 5_000, nextHeartbeatAt: 1_500 });

const wait = (task: Partial<Task>, context: Partial<WaitContext> = {}) =>
  waitOf(aTask(task), {
    session: CONNECTED,
    stopTimeoutMs: 30_000,
    checkedContainers: [],
    instanceLostAfterMs: 60_000,
    now: 1_000,
    ...context,
  });

const RUNNING = { lastStatus: "RUNNING", startedAt: 300 } as const;
const STOPPING = { ...RUNNING, desiredStatus: "STOPPED", stoppingAt: 400 } as const;

describe("a task that is as it shall be waits for nothing", () => {
  test.each<[string, Partial<Task>]>([
    ["running", RUNNING],
    ["stopped", { desiredStatus: "STOPPED", lastStatus: "STOPPED" }],
    ["standalone on an instance that drains", { ...RUNNING, group: "family:x", draining: true }],
  ])("%s", (_, task) => {
    expect(wait(task)).toBeUndefined();
  });
});

describe("a PENDING task waits for its agent", () => {
  test.each<[string, Partial<Task>, string, number]>([
    ["to begin", { createdAt: 100 }, `${AGENT} to begin with it`, 100],
    ["to pull", { pullStartedAt: 200 }, `${AGENT} to pull its images`, 200],
    [
      "to start containers",
      { pullStartedAt: 200, pullStoppedAt: 250 },
      `${AGENT} to start its containers`,
      250,
    ],
  ])("%s", (_, task, what, since) => {
    expect(wait(task)).toMatchObject({ for: what, since, until: { at: 65_000 } });
  });

  test.each<[Partial<Task>, string]>([
    [{ pullStartedAt: 200 }, "its containers are created and started once the images are there"],
    [
      { pullStartedAt: 200, pullStoppedAt: 250 },
      "it is RUNNING once its essential containers run, or fails with their reason",
    ],
  ])("%j, and is told what comes then", (task, what) => {
    expect(wait(task)?.next).toEqual({ what });
  });

  test("which is told again at no known time where none is set", () => {
    const { nextHeartbeatAt: _, ...session } = CONNECTED;
    expect(wait({}, { session })?.next).not.toHaveProperty("at");
  });

  test("which is told again with the next heartbeat", () => {
    expect(wait({})?.next).toEqual({
      at: 1_500,
      what: "the agent was told at once, and is told again with its next heartbeat",
    });
  });
});

describe("where the agent is away", () => {
  const away = aSession({ disconnectedAt: 700 });

  test("all waits for it, until its instance counts as lost", () => {
    expect(wait({ createdAt: 100 }, { session: away })).toEqual({
      for: `${AGENT} to connect`,
      since: 700,
      until: {
        at: 60_700,
        what: "the instance counts as lost: the task is declared STOPPED and service web replaces it",
      },
      next: { what: "when it connects it is told all that is to be started" },
    });
  });

  test("nobody replaces a standalone task", () => {
    const { until } = wait({ group: "family:batch" }, { session: away }) ?? {};
    expect(until?.what).toBe("the instance counts as lost: the task is declared STOPPED");
  });

  test("a stop waits as well", () => {
    const { since, next } = wait({ ...STOPPING, stoppingAt: 900 }, { session: away }) ?? {};
    expect({ since, next }).toEqual({
      since: 900,
      next: { what: "when it connects it is told all that is to be stopped" },
    });
  });

  test("one that never came has no time at which it is given up", () => {
    const found = waitOf(aTask(), {
      stopTimeoutMs: 0,
      checkedContainers: [],
      instanceLostAfterMs: 1,
      now: 9,
    });
    expect(found).toMatchObject({ for: `${AGENT} to connect`, since: 0 });
    expect(found?.until).toBeUndefined();
  });
});

describe("a task that stops", () => {
  test("is killed after its stop timeout", () => {
    expect(wait(STOPPING)).toMatchObject({
      for: `${AGENT} to stop its containers`,
      since: 400,
      next: { at: 30_400, what: "what still runs by about then is killed" },
    });
  });

  test("is told to the agent again, once that is over", () => {
    expect(wait(STOPPING, { now: 40_000 })?.next.at).toBe(1_500);
  });
});

describe("a RUNNING task of a service", () => {
  test("on an instance that drains waits to be replaced", () => {
    expect(wait({ ...RUNNING, draining: true })).toMatchObject({
      for: "service web to replace it, since its container instance drains",
      since: 300,
      next: { what: "it is stopped once the percentages of the service allow it" },
    });
  });

  const checked = (healthStatus?: "HEALTHY" | "UNHEALTHY") =>
    wait(
      { ...RUNNING, containers: [aTaskContainer({ ...(healthStatus && { healthStatus }) })] },
      { checkedContainers: ["main"] },
    );

  test("with a health check waits for it, once", () => {
    expect(checked()).toMatchObject({
      for: "the health check of main to pass",
      since: 300,
      next: {
        what: "the agent reports when the first check passes, or when its retries are used up",
      },
    });
    expect(checked("HEALTHY")).toBeUndefined();
  });

  test("that is UNHEALTHY waits to be replaced", () => {
    expect(checked("UNHEALTHY")).toMatchObject({
      for: "service web to replace it: UNHEALTHY by the health check of main",
      next: { what: "a successor is started, or it is stopped, after the grace period" },
    });
  });
});
