import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aPlannedStart,
  aServiceSnapshot,
  aServiceTask,
  deploymentId,
  NOW,
  rollingOut,
  superseded,
  withHealth,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { explainProgress, type ServiceFacts } from "./service-progress.ts";

const AFTER_MS = 10_000;

function notesOf(
  service: Partial<Service>,
  tasks: readonly Task[] = [],
  facts: Partial<ServiceFacts> = {},
) {
  const snapshot = aServiceSnapshot({ service, tasks });
  const settings = { ...snapshot.settings, healthyAfterMs: AFTER_MS };
  return explainProgress({ ...snapshot, settings, ...facts });
}

const textsOf = (...args: Parameters<typeof notesOf>) => notesOf(...args).map(({ text }) => text);

/** Deployment 2 takes the place of deployment 1. */
const ROLLING = { taskDefinition: "web:2", deployments: [rollingOut(2), superseded(1)] };
const running = (revision: number, number: number, overrides: Partial<Task> = {}) =>
  aServiceTask(revision, number, "RUNNING", overrides);

describe("a service at rest", () => {
  test.each([
    [2, "All 2 tasks that it shall have are healthy."],
    [1, "The one task that it shall have is healthy."],
    [0, "It shall have no tasks, and has none."],
  ])("with %i tasks says so", (desiredCount, text) => {
    const tasks = [1, 2].slice(0, desiredCount).map((number) => running(1, number));
    expect(notesOf({ desiredCount }, tasks)).toEqual([{ kind: "steady", text }]);
  });

  test("that has just lost a task is not silent", () => {
    expect(notesOf({ desiredCount: 2 }, [running(1, 1)], { nextLookAt: NOW + 5 })).toEqual([
      {
        kind: "due",
        text: "1 of 2 tasks are healthy: its controller looks at it next.",
        until: NOW + 5,
      },
    ]);
  });
});

describe("what its tasks are about", () => {
  test.each<{ name: string; service?: Partial<Service>; tasks: readonly Task[]; text: string }>([
    {
      name: "PENDING",
      tasks: [running(1, 1), aServiceTask(1, 2, "PENDING")],
      text: "1 task PENDING: not started by their agents yet.",
    },
    {
      name: "to be placed",
      service: { plannedStarts: [aPlannedStart(1, 2), aPlannedStart(1, 3)] },
      tasks: [running(1, 1)],
      text: "2 tasks about to be placed.",
    },
    {
      name: "draining",
      service: { deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 200 } },
      tasks: [running(1, 1), running(1, 2, { draining: true })],
      text: "1 task on instances that drain, to be replaced.",
    },
    {
      name: "moving",
      service: { deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 200 } },
      tasks: [running(1, 1), running(1, 2, { moving: true })],
      text: "1 task to be moved by a rebalance: each stops once its successor is healthy.",
    },
    {
      name: "of an older deployment",
      service: {
        ...ROLLING,
        deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 200 },
      },
      tasks: [running(1, 1), running(2, 2)],
      text: "1 task of older deployments, to be replaced.",
    },
    {
      name: "on their way out",
      tasks: [running(1, 1), running(1, 2, { desiredStatus: "STOPPED" })],
      text: "1 task asked to stop, and not STOPPED yet.",
    },
  ])("$name", ({ service = {}, tasks, text }) => {
    expect(textsOf(service, tasks)).toContain(text);
  });

  test("unhealthy", () => {
    const tasks = [withHealth(running(1, 1), "HEALTHY"), withHealth(running(1, 2), "UNHEALTHY")];
    const notes = textsOf({}, tasks, { checkedContainers: { "web:1": ["main"] } });
    expect(notes).toEqual(["1 task UNHEALTHY by their health checks, to be replaced."]);
  });

  test("too young to be called healthy, until time alone makes them so", () => {
    const young = running(1, 2, { startedAt: NOW - 1_000 });
    expect(notesOf({}, [running(1, 1), young])).toEqual([
      {
        kind: "warming",
        text: "1 task RUNNING, and not yet proven healthy.",
        until: NOW - 1_000 + AFTER_MS,
      },
    ]);
  });
});

test("says since when tasks find no instance, and when it looks again", () => {
  const unplaced = (since: number) => ({ unplaced: { since, candidates: [] } });
  const plannedStarts = [aPlannedStart(1, 2, unplaced(700)), aPlannedStart(1, 3, unplaced(300))];
  const service = { desiredCount: 3, plannedStarts };
  expect(notesOf(service, [running(1, 1)], { nextLookAt: NOW + 9 })).toEqual([
    {
      kind: "unplaced",
      text: "2 tasks find no container instance; tried again as soon as one joins or has room.",
      since: 300,
      until: NOW + 9,
    },
  ]);
});

describe("a DAEMON service", () => {
  const DAEMON = { schedulingStrategy: "DAEMON" } as const;

  test("says that a task on an instance that drains is the last to go", () => {
    const tasks = [running(1, 1), running(1, 2, { draining: true })];
    expect(textsOf({ ...DAEMON, desiredCount: 1 }, tasks)).toEqual([
      "1 task on instances that drain: they go when the tasks of other services have gone.",
    ]);
  });

  test("says nothing of protection, which does not keep its tasks", () => {
    const tasks = [running(1, 1, { protectedUntil: NOW + 1 }), running(2, 2)];
    const kinds = notesOf({ ...DAEMON, ...ROLLING }, tasks).map(({ kind }) => kind);
    expect(kinds).toEqual(["outdated"]);
  });

  test("says that its instance has no room", () => {
    const plannedStarts = [aPlannedStart(1, 2, { unplaced: { since: 300, candidates: [] } })];
    expect(textsOf({ ...DAEMON, plannedStarts }, [running(1, 1)])).toEqual([
      "1 task finds no room on the container instance that shall have one; tried again as soon as there is some.",
    ]);
  });
});

test("says until when protection keeps tasks that would be replaced", () => {
  const old = running(1, 1, { protectedUntil: NOW + 60_000 });
  const tasks = [old, running(2, 2), running(2, 3)];
  expect(notesOf(ROLLING, tasks)).toContainEqual({
    kind: "protected",
    text: "1 task to be replaced is protected from that until the protection ends.",
    until: NOW + 60_000,
  });
});

describe("tasks beyond the desired count", () => {
  const spared = (number: number, untilMs: number) =>
    running(1, number, { protectedUntil: NOW + untilMs });

  test("are said to be protected, until when", () => {
    const tasks = [spared(1, 90_000), spared(2, 30_000), spared(3, 60_000), spared(4, 60_000)];
    expect(notesOf({ desiredCount: 2 }, tasks)).toEqual([
      {
        kind: "protected",
        text: "2 tasks beyond the desired count are protected from being stopped until the protection ends.",
        until: NOW + 60_000,
      },
    ]);
  });

  test("say nothing of protection where others can go", () => {
    const tasks = [spared(1, 90_000), running(1, 2), running(1, 3)];
    expect(notesOf({ desiredCount: 1 }, tasks).map(({ kind }) => kind)).toEqual(["due"]);
  });

  test("are none while a task moves to another zone", () => {
    const rebalancing = { isUnderWay: true, desiredCount: 1, moves: ["a"] };
    const tasks = [spared(1, 90_000), spared(2, 90_000)];
    const kinds = notesOf({ desiredCount: 1, rebalancing }, tasks).map(({ kind }) => kind);
    expect(kinds).toEqual(["rebalancing"]);
  });
});

test("says that tasks are being evened out over the zones", () => {
  const rebalancing = { isUnderWay: true, desiredCount: 2, moves: ["a"] };
  expect(textsOf({ rebalancing }, [running(1, 1), running(1, 2)])).toEqual([
    "Its tasks are being evened out over the availability zones: 1 task moving, a new one healthy before an old one stops.",
  ]);
});

describe("what holds starts back", () => {
  test("failed ones before, until when", () => {
    const deployments = [rollingOut(1, { failedRounds: 3, throttledUntil: NOW + 60_000 })];
    expect(notesOf({ deployments })[0]).toEqual({
      kind: "throttled",
      text: `Starts for ${deploymentId(1)} are held back after 3 rounds of failed starts.`,
      until: NOW + 60_000,
    });
  });

  test("no longer than until then", () => {
    const deployments = [rollingOut(1, { failedRounds: 3, throttledUntil: NOW })];
    expect(notesOf({ deployments }).map(({ kind }) => kind)).toEqual(["due"]);
  });

  test("the circuit breaker", () => {
    const deployments = [
      rollingOut(1, { rolloutState: "FAILED", rolloutStateReason: "tasks failed.", updatedAt: 5 }),
    ];
    expect(notesOf({ deployments })[0]).toEqual({
      kind: "failed",
      text: `Deployment ${deploymentId(1)} FAILED, so that nothing more is started for it: tasks failed.`,
      since: 5,
    });
  });
});

test("says which of the percentages a rollout waits for, with figures", () => {
  const service = {
    ...ROLLING,
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 },
  };
  expect(textsOf(service, [running(1, 1), running(1, 2)])).toEqual([
    "2 tasks of older deployments, to be replaced.",
    "No task may start before another one stops: maximumPercent 100 of 2 allows 2, and there are 2.",
    "No healthy task may stop before a new one is healthy: minimumHealthyPercent 100 of 2 asks for 2, and there are 2.",
  ]);
});

test("of a deleted service says how many are left, and since when it is", () => {
  const latestChange = {
    at: 4,
    operation: "DeleteService" as const,
    requestId: "r",
    principalArn: "p",
    desiredCount: 0,
  };
  const service = { status: "DRAINING" as const, desiredCount: 0, latestChange };
  expect(notesOf(service, [running(1, 1, { desiredStatus: "STOPPED" })])).toEqual([
    { kind: "removed", text: "It is DRAINING, deleted: 1 task of it is left to stop.", since: 4 },
  ]);
});
