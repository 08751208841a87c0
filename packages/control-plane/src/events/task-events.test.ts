import type { Task } from "@berth/domain/task";
import {
  aContainerDefinition,
  aTask,
  aTaskContainer,
  aTaskDefinition,
} from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { taskEvents } from "./task-events.ts";

const scope = { region: "eu-central-1", account: "123456789012" };
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const definition = aTaskDefinition({
  containerDefinitions: [aContainerDefinition({ healthCheck: { command: ["CMD", "true"] } })],
});

const stored = (overrides: Partial<Task> = {}, version = 7) => ({ ...aTask(overrides), version });

const eventsOf = (before: Partial<Task> | undefined, after: Partial<Task>) =>
  taskEvents(scope, {
    before: before && stored(before, 6),
    after: stored(after),
    definition,
    at: AT,
  });

const container = (overrides: Parameters<typeof aTaskContainer>[0]) => [aTaskContainer(overrides)];
const running = container({ lastStatus: "RUNNING", runtimeId: "abc" });

describe("an event of a task", () => {
  test.each<[string, Partial<Task> | undefined, Partial<Task>, object]>([
    ["is born", undefined, {}, { lastStatus: "PENDING", desiredStatus: "RUNNING" }],
    [
      "runs",
      {},
      { lastStatus: "RUNNING", startedAt: AT, containers: running },
      { lastStatus: "RUNNING", containers: [{ lastStatus: "RUNNING", runtimeId: "abc" }] },
    ],
    [
      "is told to stop",
      { lastStatus: "RUNNING" },
      { lastStatus: "RUNNING", desiredStatus: "STOPPED", stoppedReason: "why" },
      { lastStatus: "RUNNING", desiredStatus: "STOPPED", stoppedReason: "why" },
    ],
    [
      "is about to stop",
      { lastStatus: "RUNNING", desiredStatus: "STOPPED" },
      { lastStatus: "STOPPING", desiredStatus: "STOPPED" },
      { lastStatus: "STOPPING" },
    ],
    [
      "stopped",
      { lastStatus: "RUNNING" },
      { lastStatus: "STOPPED", desiredStatus: "STOPPED", stopCode: "EssentialContainerExited" },
      { lastStatus: "STOPPED", stopCode: "EssentialContainerExited" },
    ],
    [
      "loses a container",
      { lastStatus: "RUNNING", containers: running },
      { lastStatus: "RUNNING", containers: container({ lastStatus: "STOPPED", exitCode: 1 }) },
      { containers: [{ lastStatus: "STOPPED", exitCode: 1 }] },
    ],
    [
      "has an address",
      { attachment: { id: "a1", subnetId: "subnet-1" } },
      { attachment: { id: "a1", subnetId: "subnet-1", address: "172.18.0.2" } },
      { attachments: [{ id: "a1", type: "eni", status: "ATTACHED" }] },
    ],
    [
      "becomes unhealthy",
      { lastStatus: "RUNNING", containers: container({ healthStatus: "HEALTHY" }) },
      { lastStatus: "RUNNING", containers: container({ healthStatus: "UNHEALTHY" }) },
      { healthStatus: "UNHEALTHY" },
    ],
  ])("is told where it %s", (_, before, after, detail) => {
    const [event, ...others] = eventsOf(before, after);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ detailType: "ECS Task State Change", time: AT });
    expect(event?.detail).toMatchObject({ ...detail, version: 7 });
  });

  test.each<[string, Partial<Task>, Partial<Task>]>([
    ["nothing is different", {}, {}],
    ["its instance drains", { lastStatus: "RUNNING" }, { lastStatus: "RUNNING", draining: true }],
    [
      "only its history grew",
      {},
      { history: [{ at: AT, to: "RUNNING", cause: { kind: "agent" } }] },
    ],
    ["its tags change", {}, { tags: [{ key: "a", value: "b" }] }],
  ])("is not told where %s", (_, before, after) => {
    expect(eventsOf(before, after)).toEqual([]);
  });

  test("shows the task as DescribeTasks does, in events' form", () => {
    const overrides = {
      containerOverrides: [{ name: "main", environment: [{ name: "A", value: "1" }] }],
    };
    const [event] = eventsOf(undefined, { overrides, startedBy: "me", createdAt: AT });
    const arn = "arn:aws:ecs:eu-central-1:123456789012";
    expect(event?.resource).toBe(`${arn}:task/default/${aTask().id}`);
    expect(JSON.parse(JSON.stringify(event?.detail))).toEqual({
      attachments: [],
      attributes: [{ name: "ecs.cpu-architecture", value: "x86_64" }],
      clusterArn: `${arn}:cluster/default`,
      containerInstanceArn: `${arn}:container-instance/default/${aTask().containerInstanceId}`,
      containers: [
        {
          containerArn: `${arn}:container/default/${aTask().id}/${aTaskContainer().id}`,
          taskArn: `${arn}:task/default/${aTask().id}`,
          name: "main",
          image: "busybox",
          lastStatus: "PENDING",
          healthStatus: "UNKNOWN",
          networkBindings: [],
          networkInterfaces: [],
          cpu: "128",
          memory: "128",
        },
      ],
      cpu: "128",
      createdAt: "2026-01-02T03:04:05.000Z",
      desiredStatus: "RUNNING",
      enableExecuteCommand: false,
      group: "service:web",
      healthStatus: "UNKNOWN",
      lastStatus: "PENDING",
      launchType: "EC2",
      memory: "128",
      overrides,
      startedBy: "me",
      taskArn: `${arn}:task/default/${aTask().id}`,
      taskDefinitionArn: `${arn}:task-definition/web:1`,
      updatedAt: "2026-01-02T03:04:05.000Z",
      version: 7,
    });
  });
});
