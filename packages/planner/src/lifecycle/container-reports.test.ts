import type { TaskContainer } from "@berth/domain/task";
import { aTask, aTaskContainer } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { applyReport, loseTask, orderStop } from "./task-lifecycle.ts";
import type { ContainerReport } from "./task-lifecycle.ts";

const NOW = 5_000;

const after = (
  container: Partial<TaskContainer>,
  report: Omit<ContainerReport, "containerName">,
) => {
  const task = aTask({
    lastStatus: "RUNNING",
    startedAt: 1,
    containers: [aTaskContainer(container)],
  });
  return applyReport(task, { containers: [{ containerName: "main", ...report }] }, NOW)
    ?.containers[0];
};

describe("what is told of a container", () => {
  test.each<{
    name: string;
    container: Partial<TaskContainer>;
    report: Omit<ContainerReport, "containerName">;
    expected: TaskContainer | undefined;
  }>([
    {
      name: "of an earlier state is dropped",
      container: { lastStatus: "RUNNING" },
      report: { status: "PENDING", runtimeId: "d1" },
      expected: undefined,
    },
    {
      name: "of the same state fills in what was not known",
      container: { lastStatus: "RUNNING", runtimeId: "d1" },
      report: { status: "RUNNING", runtimeId: "d2", imageDigest: "sha256:1" },
      expected: aTaskContainer({ lastStatus: "RUNNING", runtimeId: "d1", imageDigest: "sha256:1" }),
    },
    {
      name: "of the same state and known is no news",
      container: { lastStatus: "RUNNING", runtimeId: "d1" },
      report: { status: "RUNNING", runtimeId: "d2", networkBindings: [] },
      expected: undefined,
    },
    {
      name: "has an exit code only once it has stopped",
      container: { lastStatus: "PENDING" },
      report: { status: "RUNNING", exitCode: 0 },
      expected: aTaskContainer({ lastStatus: "RUNNING" }),
    },
    {
      name: "has no exit code where none was told",
      container: { lastStatus: "RUNNING" },
      report: { status: "STOPPED", networkBindings: [] },
      expected: aTaskContainer({ lastStatus: "STOPPED" }),
    },
  ])("$name", ({ container, report, expected }) => {
    expect(after(container, report)).toStrictEqual(expected);
  });
});

test("times are taken over once, and are news by themselves", () => {
  const task = aTask({ lastStatus: "RUNNING", startedAt: 1 });
  const told = applyReport(task, { containers: [], executionStoppedAt: 7 }, NOW);
  expect(told).toEqual({ ...task, executionStoppedAt: 7 });
  expect(
    applyReport({ ...task, executionStoppedAt: 7 }, { containers: [], executionStoppedAt: 9 }, NOW),
  ).toBeUndefined();
});

test("a task that comes to PENDING has not started", () => {
  const provisioned = aTask({ lastStatus: "PROVISIONING" });
  expect(applyReport(provisioned, { status: "PENDING", containers: [] }, NOW)).not.toHaveProperty(
    "startedAt",
  );
});

describe("the reason of an order", () => {
  const order = {
    stopCode: "UserInitiated",
    reason: "x".repeat(2_000),
    cause: { kind: "agent" },
  } as const;

  test("is cut to ECS's length", () => {
    expect(orderStop(aTask(), order, NOW)?.stoppedReason).toHaveLength(1_024);
    expect(loseTask(aTask(), order, NOW)?.stoppedReason).toHaveLength(1_024);
  });

  test("and its cause stand in the history of a lost task", () => {
    expect(loseTask(aTask(), order, NOW)?.history).toEqual([
      { at: NOW, to: "STOPPED", cause: order.cause },
    ]);
  });
});

describe("why a task ended", () => {
  const two = (
    main: Partial<ContainerReport>,
    sidecar: Partial<ContainerReport>,
    startedAt?: number,
  ) =>
    applyReport(
      aTask({
        ...(startedAt !== undefined && { startedAt, lastStatus: "RUNNING" }),
        containers: [aTaskContainer(), aTaskContainer({ name: "sidecar" })],
      }),
      {
        status: "STOPPED",
        containers: [
          { containerName: "main", status: "STOPPED", ...main },
          { containerName: "sidecar", status: "STOPPED", ...sidecar },
        ],
      },
      NOW,
    );

  test("is told by the container that never ran, not by one that ran and has a reason", () => {
    const stopped = two(
      { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
      { reason: "CannotPullContainerError: no" },
    );
    expect(stopped?.stoppedReason).toBe("CannotPullContainerError: no");
  });

  test("is an exit where the reason only speaks of a start", () => {
    const stopped = two(
      { exitCode: 1, reason: "It said: CannotStartContainerError" },
      { exitCode: 0 },
    );
    expect(stopped?.stopCode).toBe("EssentialContainerExited");
  });

  test("is an exit of a task that ran, whatever its containers say", () => {
    const stopped = two({ reason: "DockerStateError: gone" }, {}, 100);
    expect(stopped?.stopCode).toBe("EssentialContainerExited");
  });

  test("keeps the moment at which it began", () => {
    expect(two({ exitCode: 0 }, {}, 100)?.startedAt).toBe(100);
  });
});
