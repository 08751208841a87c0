import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { drainedTaskSet } from "@berth/domain/task-set";
import {
  aPlannedStart,
  aServiceSnapshot,
  aServiceTask,
  brief,
  deploymentId,
  NOW,
  withHealth,
} from "@berth/testing/service-snapshots";
import { anExternalService, aTaskSet } from "@berth/testing/task-sets";
import { describe, expect, test } from "vitest";
import { planService, type ServiceSnapshot } from "./plan-service.ts";

const [blue, green] = [aTaskSet(1, { status: "PRIMARY" }), aTaskSet(2)];

const snapshotOf = (
  service: Partial<Service>,
  tasks: readonly Task[] = [],
  overrides: Partial<ServiceSnapshot> = {},
): ServiceSnapshot => ({
  ...aServiceSnapshot({ tasks }),
  ...overrides,
  service: anExternalService(service),
});

const plan = (...given: Parameters<typeof snapshotOf>) => planService(snapshotOf(...given));

const running = (revision: number, ...numbers: readonly number[]): readonly Task[] =>
  numbers.map((number) => aServiceTask(revision, number));

const startsOf = ({ starts }: ReturnType<typeof plan>) =>
  starts.map(({ deploymentId: id, count }) => [id, count]);

describe("each task set comes to its own count", () => {
  test("starts what each lacks, with its id", () => {
    const planned = plan({
      desiredCount: 4,
      taskSets: [aTaskSet(2, { scale: 30 }), aTaskSet(1)],
    });
    expect(startsOf(planned)).toEqual([
      [deploymentId(2), 2],
      [deploymentId(1), 4],
    ]);
  });

  test.each([
    { scale: 0, expected: [] },
    { scale: 1, expected: ["start 1"] },
    { scale: 50, expected: ["start 1"] },
    { scale: 50.1, expected: ["start 2"] },
    { scale: 100, expected: ["start 2"] },
  ])("at $scale % of two it does $expected", ({ scale, expected }) => {
    expect(brief(plan({ taskSets: [aTaskSet(1, { scale })] }))).toEqual(expected);
  });

  test("stops surplus at once, whatever the other sets have", () => {
    const taskSets = [green, { ...blue, scale: 0 }];
    expect(brief(plan({ taskSets }, running(1, 1, 2)))).toEqual(["start 2", "stop 1", "stop 2"]);
  });

  test("has all sets at their full counts side by side, above any ceiling", () => {
    const taskSets = [1, 2, 3, 4, 5].map((revision) => aTaskSet(revision));
    const planned = plan({
      taskSets,
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 },
    });
    expect(startsOf(planned).map(([, count]) => count)).toEqual([2, 2, 2, 2, 2]);
  });

  test("follows the service's desired count in every set", () => {
    const taskSets = [aTaskSet(2, { scale: 50 }), blue];
    const tasks = [...running(1, 1, 2), ...running(2, 3)];
    expect(brief(plan({ desiredCount: 4, taskSets }, tasks))).toEqual(["start 1", "start 2"]);
    expect(brief(plan({ desiredCount: 0, taskSets }, tasks))).toEqual([
      "stop 3",
      "stop 1",
      "stop 2",
    ]);
  });

  test("counts what is planned already, by set", () => {
    const plannedStarts = [aPlannedStart(1, 7), aPlannedStart(1, 8)];
    const planned = plan({ taskSets: [green, blue], plannedStarts });
    expect(startsOf(planned)).toEqual([[deploymentId(2), 2]]);
    expect(planned.service.plannedStarts).toEqual(plannedStarts);
  });

  test("drops what is planned for a set that shall have less, and starts nothing in its place", () => {
    const plannedStarts = [aPlannedStart(1, 7), aPlannedStart(2, 8)];
    const planned = plan({ taskSets: [green, { ...blue, scale: 0 }], plannedStarts });
    expect(planned.service.plannedStarts).toEqual([aPlannedStart(2, 8)]);
    expect(planned.service.withdrawnStarts).toEqual([
      { taskId: aPlannedStart(1, 7).taskId, taskSetId: blue.id, until: NOW + 4_000 },
    ]);
    expect(startsOf(planned)).toEqual([[deploymentId(2), 1]]);
  });

  test("is not held up by what was taken back of another set", () => {
    const withdrawnStarts = [7, 8, 9, 10].map((number) => ({
      taskId: aPlannedStart(1, number).taskId,
      taskSetId: blue.id,
      until: NOW + 1,
    }));
    const planned = plan({ taskSets: [green, { ...blue, scale: 0 }], withdrawnStarts });
    expect(startsOf(planned)).toEqual([[green.id, 2]]);
  });

  test("does nothing without task sets, and is steady", () => {
    const planned = plan({ desiredCount: 5 });
    expect(brief(planned)).toEqual([]);
    expect(planned.service.steady).toBe(true);
  });
});

describe("within its set a task is replaced as in any service", () => {
  test("first its successor, where its instance drains", () => {
    const tasks = [aServiceTask(1, 1), aServiceTask(1, 2, "RUNNING", { draining: true })];
    expect(brief(plan({ taskSets: [blue] }, tasks))).toEqual(["start 1"]);
    const replaced = [...tasks, aServiceTask(1, 3)];
    expect(brief(plan({ taskSets: [blue] }, replaced))).toEqual(["stop 2"]);
  });

  test("where its health checks fail", () => {
    const sick = withHealth(aServiceTask(1, 2), "UNHEALTHY");
    const fit = withHealth(aServiceTask(1, 1), "HEALTHY");
    const checkedContainers = { "web:1": ["main"] };
    expect(brief(plan({ taskSets: [blue] }, [fit, sick], { checkedContainers }))).toEqual([
      "start 1",
    ]);
  });

  test("where it stopped by itself", () => {
    const stopped = aServiceTask(1, 2, "STOPPED", {
      startedAt: 0,
      stopCode: "EssentialContainerExited",
    });
    const planned = plan({ taskSets: [blue] }, [aServiceTask(1, 1), stopped]);
    expect(brief(planned)).toEqual(["start 1", "archive 2"]);
  });

  test("protected ones stay, and are told of, until their time is over", () => {
    const tasks = [
      aServiceTask(1, 1, "RUNNING", { protectedUntil: NOW + 5_000 }),
      aServiceTask(1, 2),
    ];
    const planned = plan({ taskSets: [{ ...blue, scale: 0 }] }, tasks);
    expect(brief(planned)).toEqual(["stop 2"]);
    expect(planned.wakeAt).toBe(NOW + 5_000);
    expect(planned.events).toContainEqual(expect.stringContaining("1 tasks under protection"));
  });
});

describe("starts that fail", () => {
  const failed = (number: number) =>
    aServiceTask(1, number, "STOPPED", { stopCode: "TaskFailedToStart", stoppedAt: NOW });

  test("hold back the starts of their set, and of no other", () => {
    const planned = plan({ taskSets: [green, blue] }, [failed(1), failed(2)]);
    expect(startsOf(planned)).toEqual([[green.id, 2]]);
    expect(planned.service.taskSets).toMatchObject([
      { id: green.id, failures: { failedTasks: 0 } },
      { id: blue.id, failures: { failedTasks: 2, failedRounds: 1, throttledUntil: NOW + 1_000 } },
    ]);
    expect(planned.service.countedFailures).toEqual([failed(1).id, failed(2).id]);
    expect(planned.wakeAt).toBe(NOW + 1_000);
  });

  test("never end a set, however many", () => {
    const failures = { failedTasks: 500, failedRounds: 9, lastFailedStartAt: 1, throttledUntil: 2 };
    const deploymentConfiguration = {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    };
    const taskSets = [{ ...blue, failures }];
    expect(brief(plan({ taskSets, deploymentConfiguration }))).toEqual(["start 2"]);
  });

  test("are forgotten once a task of the set runs", () => {
    const failures = { failedTasks: 3, failedRounds: 2, lastFailedAt: 5, lastFailedStartAt: 5 };
    const later = { startedAt: 6 };
    const tasks = [aServiceTask(1, 1, "RUNNING", later), aServiceTask(1, 2, "RUNNING", later)];
    const { service } = plan({ taskSets: [{ ...blue, failures }] }, tasks);
    expect(service.taskSets?.[0]?.failures).toEqual({ failedTasks: 0 });
  });
});

describe("stability", () => {
  test("comes with the last healthy task, is told once for the set and once for the service", () => {
    const planned = plan({ taskSets: [blue] }, running(1, 1, 2));
    expect(planned.service.taskSets).toEqual([
      { ...blue, stabilityStatus: "STEADY_STATE", stabilityStatusAt: NOW },
    ]);
    expect(planned.service.steady).toBe(true);
    expect(planned.events).toEqual([
      `(service web, taskSet ${blue.id}) has reached a steady state.`,
      "(service web) has reached a steady state.",
    ]);
    const again = planService({ ...snapshotOf({}, running(1, 1, 2)), service: planned.service });
    expect(again.service).toBe(planned.service);
    expect(again.events).toEqual([]);
  });

  test.each<{ name: string; tasks: readonly Task[] }>([
    { name: "one is missing", tasks: running(1, 1) },
    { name: "one is PENDING", tasks: [aServiceTask(1, 1), aServiceTask(1, 2, "PENDING")] },
    { name: "there is one too many", tasks: running(1, 1, 2, 3) },
    {
      name: "one is on a draining instance",
      tasks: [aServiceTask(1, 1), aServiceTask(1, 2, "RUNNING", { draining: true })],
    },
  ])("ends where $name", ({ tasks }) => {
    const stable = { ...blue, stabilityStatus: "STEADY_STATE" as const };
    const { service } = plan({ taskSets: [stable], steady: true }, tasks);
    expect(service).toMatchObject({
      steady: false,
      taskSets: [{ stabilityStatus: "STABILIZING", stabilityStatusAt: NOW }],
    });
  });

  test("is the set's own: the service has it when all have", () => {
    const { service, events } = plan({ taskSets: [green, blue] }, running(1, 1, 2));
    expect(service.taskSets?.map(({ stabilityStatus }) => stabilityStatus)).toEqual([
      "STABILIZING",
      "STEADY_STATE",
    ]);
    expect(service.steady).toBe(false);
    expect(events).toEqual([`(service web, taskSet ${blue.id}) has reached a steady state.`]);
  });
});

describe("a deleted set", () => {
  const draining = { ...green, status: "DRAINING" as const };

  test("stops all that it has, starts nothing, and is not called steady", () => {
    const plannedStarts = [aPlannedStart(2, 8)];
    const tasks = [...running(1, 1, 2), ...running(2, 3), aServiceTask(2, 4, "PENDING")];
    const planned = plan({ taskSets: [draining, blue], plannedStarts }, tasks);
    expect(brief(planned)).toEqual(["stop 4", "stop 3"]);
    expect(planned.service.plannedStarts).toEqual([]);
    expect(planned.service.steady).toBe(false);
    expect(planned.events.filter((event) => event.includes(draining.id))).toEqual([
      `(service web, taskSet ${draining.id}) has stopped 1 running tasks: (task ${aServiceTask(2, 3).id}).`,
      `(service web, taskSet ${draining.id}) stopped 1 pending tasks.`,
    ]);
  });

  test("is gone with its last task", () => {
    const left = aServiceTask(2, 3, "STOPPED", { stopCode: "ServiceSchedulerInitiated" });
    const { service, archive } = plan({ taskSets: [draining, blue] }, [...running(1, 1, 2), left]);
    expect(service.taskSets?.map(({ id }) => id)).toEqual([blue.id]);
    expect(service.steady).toBe(true);
    expect(archive).toEqual([left.id]);
  });

  test.each([
    {
      name: "one of its tasks is on its way out",
      tasks: [aServiceTask(2, 3, "RUNNING", { desiredStatus: "STOPPED" as const })],
    },
    {
      name: "a start that was taken back may yet be made",
      withdrawnStarts: [{ taskId: "x", taskSetId: green.id, until: NOW + 1 }],
    },
  ])("stays listed while $name", ({ tasks = [], withdrawnStarts = [] }) => {
    const { service } = plan({ taskSets: [draining], withdrawnStarts }, tasks);
    expect(service.taskSets).toEqual([draining]);
  });

  test("takes a task with it that comes after its end", () => {
    const planned = plan({ taskSets: [blue] }, [...running(1, 1, 2), aServiceTask(2, 3)]);
    expect(brief(planned)).toEqual(["stop 3"]);
    expect(planned.service.steady).toBe(false);
  });
});

describe("a deleted service with task sets", () => {
  const taskSets = [green, blue].map((set) => drainedTaskSet(set, NOW));

  test("stops all tasks of all sets, protected ones too", () => {
    const tasks = [aServiceTask(1, 1, "RUNNING", { protectedUntil: NOW + 1 }), aServiceTask(2, 2)];
    const planned = plan({ status: "DRAINING", desiredCount: 0, taskSets }, tasks);
    expect(brief(planned)).toEqual(["stop 1", "stop 2"]);
    expect(planned.service.taskSets).toBe(taskSets);
  });

  test("has none when it is INACTIVE", () => {
    const { service } = plan({ status: "DRAINING", desiredCount: 0, taskSets });
    expect(service).toMatchObject({ status: "INACTIVE", inactiveAt: NOW, taskSets: [] });
  });
});
