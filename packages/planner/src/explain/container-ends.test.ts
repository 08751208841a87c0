import type { TaskContainer } from "@berth/domain/task";
import { aTask, aTaskContainer } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { containerEnds } from "./container-ends.ts";

const endOf = (container: Partial<TaskContainer>) =>
  containerEnds(
    aTask({
      lastStatus: "STOPPED",
      stoppedAt: 9,
      containers: [aTaskContainer({ lastStatus: "STOPPED", ...container })],
    }),
  );

test.each<[Partial<TaskContainer>, string]>([
  [{ exitCode: 0 }, "Container main exited with code 0."],
  [{ exitCode: 137 }, "Container main exited with code 137 (ended by SIGKILL)."],
  [{ exitCode: 127 }, "Container main exited with code 127 (its command was not found)."],
  [{ exitCode: 200 }, "Container main exited with code 200."],
  [
    { exitCode: 137, reason: "OutOfMemoryError: killed." },
    "Container main exited with code 137 (ended by SIGKILL): OutOfMemoryError: killed.",
  ],
  [
    { exitCode: 143, healthStatus: "UNHEALTHY" },
    "Container main exited with code 143 (ended by SIGTERM), UNHEALTHY by its health check.",
  ],
  [
    { reason: "CannotPullContainerError: no such image" },
    "Container main did not start: CannotPullContainerError: no such image.",
  ],
  [
    { exitCode: 128, reason: "CannotStartContainerError: no such file" },
    "Container main did not start: CannotStartContainerError: no such file.",
  ],
])("%j is told as %j", (container, text) => {
  expect(endOf(container).map((end) => end.text)).toEqual([text]);
});

test("nothing is told of a container whose end is unknown, or that may live", () => {
  expect(endOf({})).toEqual([]);
  const running = aTask({ lastStatus: "RUNNING", containers: [aTaskContainer({ exitCode: 1 })] });
  expect(containerEnds(running)).toEqual([]);
});

test("an end has the time that the agent told, else that of the task", () => {
  const containers = [aTaskContainer({ exitCode: 1 })];
  const task = aTask({ lastStatus: "STOPPED", stoppedAt: 9, containers });
  expect(containerEnds(task)[0]?.at).toBe(9);
  expect(containerEnds({ ...task, executionStoppedAt: 7 })[0]?.at).toBe(7);
});

test("an end carries what the agent told of it, and nothing else", () => {
  const cause = { kind: "container", name: "main" };
  expect(endOf({ exitCode: 1 }).map((end) => end.cause)).toStrictEqual([{ ...cause, exitCode: 1 }]);
  expect(endOf({ reason: "why" }).map((end) => end.cause)).toStrictEqual([
    { ...cause, reason: "why" },
  ]);
  const told = { exitCode: 137, reason: "a. b", healthStatus: "UNHEALTHY" } as const;
  expect(endOf(told)).toStrictEqual([
    {
      at: 9,
      text: "Container main exited with code 137 (ended by SIGKILL), UNHEALTHY by its health check: a. b.",
      cause: { ...cause, ...told },
    },
  ]);
});
