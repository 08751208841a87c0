import type { Task } from "@berth/domain/task";
import type { TaskStatus } from "@berth/domain/task-status";
import { aTask, aTaskContainer } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { applyReport, loseTask, orderStop, TRANSITIONS } from "./task-lifecycle.ts";
import type { TaskReport } from "./task-lifecycle.ts";

const NOW = 5_000;
const AGENT = { kind: "agent" } as const;

const RUNNING: TaskReport = {
  status: "RUNNING",
  containers: [{ containerName: "main", status: "RUNNING", runtimeId: "d1" }],
};
const exited = (exitCode: number): TaskReport => ({
  status: "STOPPED",
  containers: [{ containerName: "main", status: "STOPPED", exitCode }],
});

describe("every report in every state", () => {
  /** What each report leads to; `-` where it is ignored. In the order PENDING, RUNNING, STOPPED. */
  const EXPECTED: Readonly<Record<TaskStatus, string>> = {
    PROVISIONING: "PENDING RUNNING STOPPED",
    PENDING: "- RUNNING STOPPED",
    ACTIVATING: "- RUNNING STOPPED",
    RUNNING: "- - STOPPED",
    DEACTIVATING: "- - STOPPED",
    STOPPING: "- - STOPPED",
    DEPROVISIONING: "- - STOPPED",
    STOPPED: "- - -",
  };

  test.each(Object.keys(EXPECTED) as TaskStatus[])("in %s", (lastStatus) => {
    const outcomes = (["PENDING", "RUNNING", "STOPPED"] as const).map((status) => {
      const after = applyReport(aTask({ lastStatus }), { status, containers: [] }, NOW);
      return after?.lastStatus ?? "-";
    });
    expect(outcomes.join(" ")).toBe(EXPECTED[lastStatus]);
  });

  test("the table has no way back", () => {
    const order = Object.keys(EXPECTED);
    for (const [from, ways] of Object.entries(TRANSITIONS)) {
      for (const to of Object.values(ways).filter((each) => each !== "ignored")) {
        expect(order.indexOf(to)).toBeGreaterThan(order.indexOf(from));
      }
    }
  });
});

describe("the address of a task's interface", () => {
  const attachment = { id: "a1", subnetId: "subnet-1" };
  const told = (address: string, id = "a1"): TaskReport => ({
    ...RUNNING,
    attachment: { id, address },
  });

  test("is kept once it is told, with a start or after it", () => {
    const started = applyReport(aTask({ attachment }), told("10.0.0.1"), NOW);
    expect(started).toMatchObject({ lastStatus: "RUNNING", attachment: { address: "10.0.0.1" } });
    const running = aTask({ attachment, lastStatus: "RUNNING" });
    const report: TaskReport = { containers: [], attachment: { id: "a1", address: "10.0.0.1" } };
    expect(applyReport(running, report, NOW)?.attachment?.address).toBe("10.0.0.1");
  });

  test("does not change, and is not another interface's", () => {
    const has = aTask({ attachment: { ...attachment, address: "10.0.0.1" } });
    expect(applyReport(has, told("10.0.0.2"), NOW)?.attachment?.address).toBe("10.0.0.1");
    const after = applyReport(aTask({ attachment }), told("10.0.0.1", "a2"), NOW);
    expect(after?.attachment).toEqual(attachment);
    expect(applyReport(aTask(), told("10.0.0.1"), NOW)).not.toHaveProperty("attachment");
  });
});

describe("a start", () => {
  test("sets startedAt, takes over what the containers say, and is told in the history", () => {
    const binding = { bindIP: "127.0.1.1", containerPort: 80, hostPort: 8080 };
    const report: TaskReport = {
      status: "RUNNING",
      containers: [
        {
          containerName: "main",
          status: "RUNNING",
          runtimeId: "d1",
          imageDigest: "sha256:1",
          networkBindings: [binding],
        },
      ],
      pullStartedAt: 1,
      pullStoppedAt: 2,
    };
    expect(applyReport(aTask(), report, NOW)).toMatchObject({
      lastStatus: "RUNNING",
      desiredStatus: "RUNNING",
      startedAt: NOW,
      pullStartedAt: 1,
      pullStoppedAt: 2,
      containers: [
        {
          lastStatus: "RUNNING",
          runtimeId: "d1",
          imageDigest: "sha256:1",
          networkBindings: [binding],
        },
      ],
      history: [{ at: NOW, to: "RUNNING", cause: AGENT }],
    });
  });

  test("said again changes nothing", () => {
    const running = applyReport(aTask(), RUNNING, NOW);
    expect(applyReport(running ?? aTask(), RUNNING, NOW + 1)).toBeUndefined();
  });
});

describe("an end", () => {
  const running = aTask({ lastStatus: "RUNNING", startedAt: 100 });

  test.each<{ name: string; task: Task; report: TaskReport; expected: Partial<Task> }>([
    {
      name: "of a running task is that of an essential container",
      task: running,
      report: exited(1),
      expected: {
        stopCode: "EssentialContainerExited",
        stoppedReason: "Essential container in task exited",
        startedAt: 100,
      },
    },
    {
      name: "before RUNNING was told, of containers that ran, is no failed start",
      task: aTask({ createdAt: 50 }),
      report: exited(0),
      expected: { stopCode: "EssentialContainerExited", startedAt: 50 },
    },
    {
      name: "without any run is a failed start, with the container's reason",
      task: aTask(),
      report: {
        status: "STOPPED",
        containers: [
          { containerName: "main", status: "STOPPED", reason: "CannotPullContainerError: no" },
        ],
      },
      expected: { stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: no" },
    },
    {
      name: "of a container that Docker could not start is a failed start, exit code or not",
      task: aTask(),
      report: {
        status: "STOPPED",
        containers: [
          {
            containerName: "main",
            status: "STOPPED",
            exitCode: 127,
            reason: "CannotStartContainerError: no such file",
          },
        ],
      },
      expected: {
        stopCode: "TaskFailedToStart",
        stoppedReason: "CannotStartContainerError: no such file",
      },
    },
    {
      name: "prefers the reason of the task",
      task: aTask(),
      report: { status: "STOPPED", reason: "UnrecogniedTaskError: what", containers: [] },
      expected: { stopCode: "TaskFailedToStart", stoppedReason: "UnrecogniedTaskError: what" },
    },
    {
      name: "without a reason has ECS's own",
      task: aTask(),
      report: { status: "STOPPED", containers: [] },
      expected: { stoppedReason: "Task failed to start" },
    },
    {
      name: "that was ordered keeps the order's code and reason",
      task: {
        ...running,
        desiredStatus: "STOPPED",
        stopCode: "UserInitiated",
        stoppedReason: "enough",
        stoppingAt: 200,
      },
      report: exited(143),
      expected: { stopCode: "UserInitiated", stoppedReason: "enough", stoppingAt: 200 },
    },
  ])("$name", ({ task, report, expected }) => {
    expect(applyReport(task, report, NOW)).toMatchObject({
      ...expected,
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
      stoppedAt: NOW,
    });
  });

  describe("where a sidecar ran and the rest did not", () => {
    const task = aTask({ containers: [aTaskContainer(), aTaskContainer({ name: "sidecar" })] });
    const ended = (reason: string) =>
      applyReport(
        task,
        {
          status: "STOPPED",
          containers: [
            { containerName: "sidecar", status: "STOPPED", exitCode: 137 },
            { containerName: "main", status: "STOPPED", reason },
          ],
        },
        NOW,
      );

    test("is a failed start with the reason of what did not", () => {
      const stopped = ended("CannotPullContainerError: no");
      expect(stopped).toMatchObject({
        stopCode: "TaskFailedToStart",
        stoppedReason: "CannotPullContainerError: no",
      });
      expect(stopped).not.toHaveProperty("startedAt");
    });

    test("is the exit of what ran where nothing says otherwise, and still no start", () => {
      const stopped = ended("");
      expect(stopped).toMatchObject({ stopCode: "EssentialContainerExited" });
      expect(stopped).not.toHaveProperty("startedAt");
    });
  });

  test("of a failed start leaves startedAt out: the throttle counts those", () => {
    expect(applyReport(aTask(), { status: "STOPPED", containers: [] }, NOW)).not.toHaveProperty(
      "startedAt",
    );
  });

  test("applies two states of one container in order", () => {
    const report: TaskReport = {
      status: "STOPPED",
      containers: [
        { containerName: "main", status: "RUNNING", runtimeId: "d1" },
        { containerName: "main", status: "STOPPED", exitCode: 3 },
      ],
    };
    expect(applyReport(aTask(), report, NOW)?.containers).toMatchObject([
      { lastStatus: "STOPPED", runtimeId: "d1", exitCode: 3 },
    ]);
  });

  test("cuts reasons to ECS's length", () => {
    const reason = "x".repeat(2_000);
    const report: TaskReport = {
      status: "STOPPED",
      reason,
      containers: [{ containerName: "main", status: "STOPPED", reason }],
    };
    const stopped = applyReport(aTask(), report, NOW);
    expect(stopped?.stoppedReason).toHaveLength(1_024);
    expect(stopped?.containers[0]?.reason).toHaveLength(1_024);
  });
});

test("a container that is no essential one may end while its task goes on", () => {
  const task = aTask({
    lastStatus: "RUNNING",
    containers: [
      aTaskContainer({ lastStatus: "RUNNING" }),
      aTaskContainer({ name: "sidecar", lastStatus: "RUNNING" }),
    ],
  });
  const report: TaskReport = {
    containers: [{ containerName: "sidecar", status: "STOPPED", exitCode: 0 }],
  };
  expect(applyReport(task, report, NOW)).toMatchObject({
    lastStatus: "RUNNING",
    containers: [{ lastStatus: "RUNNING" }, { lastStatus: "STOPPED", exitCode: 0 }],
    history: [],
  });
});

const ORDER = {
  stopCode: "ServiceSchedulerInitiated",
  reason: "Scaling activity",
  cause: { kind: "deployment", id: "ecs-svc/1" },
} as const;

describe("orderStop", () => {
  test("changes what is desired, and leaves what is to the agent", () => {
    const ordered = orderStop(aTask({ lastStatus: "RUNNING" }), ORDER, NOW);
    expect(ordered).toMatchObject({
      desiredStatus: "STOPPED",
      lastStatus: "RUNNING",
      stopCode: ORDER.stopCode,
      stoppedReason: ORDER.reason,
      stoppingAt: NOW,
      history: [{ at: NOW, to: "desired STOPPED", cause: ORDER.cause }],
    });
  });

  test("does not override an earlier order", () => {
    expect(orderStop(aTask({ desiredStatus: "STOPPED" }), ORDER, NOW)).toBeUndefined();
  });
});

describe("loseTask", () => {
  test("says STOPPED of the task and of its containers", () => {
    const lost = loseTask(aTask({ lastStatus: "RUNNING" }), ORDER, NOW);
    expect(lost).toMatchObject({
      desiredStatus: "STOPPED",
      lastStatus: "STOPPED",
      stopCode: ORDER.stopCode,
      stoppedAt: NOW,
      containers: [{ lastStatus: "STOPPED" }],
    });
  });

  test("keeps the reason of an order that was given before", () => {
    const task = aTask({ desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppingAt: 7 });
    expect(loseTask(task, ORDER, NOW)).toMatchObject({ stopCode: "UserInitiated", stoppingAt: 7 });
  });

  test("leaves a stopped task alone", () => {
    expect(loseTask(aTask({ lastStatus: "STOPPED" }), ORDER, NOW)).toBeUndefined();
  });
});
