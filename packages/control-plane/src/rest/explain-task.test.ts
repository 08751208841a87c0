import type { Cause, HistoryEntry, Task } from "@berth/domain/task";
import {
  aContainerDefinition,
  aService,
  aSession,
  aTask,
  aTaskContainer,
  aTaskDefinition,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { explainTask } from "./explain-task.ts";

const SCOPE = "arn:aws:ecs:eu-central-1:123456789012";
const ALICE = "arn:aws:iam::123456789012:user/alice";

async function aClusterWith(task: Partial<Task>, stopTimeout?: number) {
  const controlPlane = aControlPlane({ now: 100_000 });
  const container = aContainerDefinition({ ...(stopTimeout !== undefined && { stopTimeout }) });
  const definition = aTaskDefinition({ containerDefinitions: [container] });
  await setUpCluster(controlPlane, { definitions: [definition] });
  await controlPlane.store.sessions.create(aSession({ connectionId: "c", leaseUntil: 130_000 }));
  await controlPlane.store.tasks.create(aTask(task));
  return controlPlane;
}

const explain = async (task: Partial<Task>, stopTimeout?: number) =>
  explainTask(await aClusterWith(task, stopTimeout), { task: aTask(task).id });

const BY_SERVICE: Cause = { kind: "deployment", id: "ecs-svc/1" };

const STOPPED = {
  desiredStatus: "STOPPED",
  lastStatus: "STOPPED",
  stopCode: "UserInitiated",
  stoppedReason: "too old",
  stoppedAt: 90_000,
  startedBy: "ecs-svc/1",
  containers: [aTaskContainer({ lastStatus: "STOPPED", exitCode: 143 })],
  history: historyWithStop({
    kind: "api",
    operation: "StopTask",
    requestId: "r-1",
    principalArn: ALICE,
  }),
} satisfies Partial<Task>;

function historyWithStop(cause: Cause): readonly HistoryEntry[] {
  return [
    { at: 10_000, to: "PENDING", cause: BY_SERVICE },
    { at: 80_000, to: "desired STOPPED", cause },
    { at: 90_000, to: "STOPPED", cause: { kind: "agent" } },
  ];
}

describe("explainTask", () => {
  test("tells who and where the task is, with the decision that put it there", async () => {
    const { placement, ...who } = await explain({
      lastStatus: "RUNNING",
      startedAt: 20_000,
      availabilityZone: "eu-central-1a",
      placement: {
        kind: "chosen",
        considered: 3,
        rejected: { "RESOURCE:CPU": 1 },
        by: ["spread(instanceId)"],
        scores: [0],
        isDrawn: true,
      },
    });
    expect(who).toEqual({
      taskArn: `${SCOPE}:task/default/${taskId("service:web", 1)}`,
      taskDefinitionArn: `${SCOPE}:task-definition/web:1`,
      group: "service:web",
      containerInstanceArn: `${SCOPE}:container-instance/default/${instanceId(1)}`,
      availabilityZone: "eu-central-1a",
      lastStatus: "RUNNING",
      desiredStatus: "RUNNING",
      history: [],
    });
    expect(placement).toEqual({
      kind: "chosen",
      sentences: [
        "Of 3 ACTIVE container instances 2 could take it, and 1 could not: 1 RESOURCE:CPU.",
        "It was the best by spread(instanceId) with 0 tasks of its group on it; among those equal it was drawn.",
      ],
      decision: {
        considered: 3,
        rejected: { "RESOURCE:CPU": 1 },
        scores: [{ by: "spread(instanceId)", score: 0 }],
        isDrawn: true,
      },
    });
  });

  test("tells what a task waits for, since when and until when", async () => {
    const { waiting } = await explain({ createdAt: 60_000 });
    expect(waiting).toEqual({
      for: `the agent of container instance ${instanceId(1)} to begin with it`,
      since: "1970-01-01T00:01:00.000Z",
      until: {
        at: expect.stringMatching(/^1970-01-01T/) as string,
        what: expect.stringContaining("service web replaces it") as string,
      },
      next: { what: "the agent was told at once, and is told again with its next heartbeat" },
    });
  });

  test.each([
    { stopTimeout: undefined, killedAt: "1970-01-01T00:02:00.000Z" },
    { stopTimeout: 60, killedAt: "1970-01-01T00:02:30.000Z" },
  ])("tells when a task is killed: $killedAt", async ({ stopTimeout, killedAt }) => {
    const task = { lastStatus: "RUNNING", desiredStatus: "STOPPED", stoppingAt: 90_000 } as const;
    const { waiting } = await explain(task, stopTimeout);
    expect(waiting?.next.at).toBe(killedAt);
  });

  test("traces the stop of one that is in the archive", async () => {
    const controlPlane = await aClusterWith(STOPPED);
    const { tasks } = controlPlane.store;
    const { id } = aTask();
    const stored = await tasks.find("default", id);
    if (!stored) throw new Error("the task is missing");
    await tasks.archive(stored);
    const { waiting, stop } = await explainTask(controlPlane, { task: id });
    expect(waiting).toBeUndefined();
    expect(stop).toEqual({
      stopCode: "UserInitiated",
      stoppedReason: "too old",
      causes: [
        {
          at: "1970-01-01T00:01:20.000Z",
          text: `StopTask by ${ALICE} (request r-1) asked it to stop: too old.`,
          cause: { kind: "api", operation: "StopTask", requestId: "r-1", principalArn: ALICE },
        },
        {
          at: "1970-01-01T00:01:30.000Z",
          text: "Container main exited with code 143 (ended by SIGTERM).",
          cause: { kind: "container", name: "main", exitCode: 143 },
        },
        {
          at: "1970-01-01T00:01:30.000Z",
          text: "Its agent reported it STOPPED.",
          cause: { kind: "agent" },
        },
      ],
    });
  });

  test("traces a service's decision to the request behind it", async () => {
    const controlPlane = await aClusterWith({
      ...STOPPED,
      stoppedReason: "Scaling activity initiated by (deployment ecs-svc/1)",
      history: historyWithStop(BY_SERVICE),
    });
    const latestChange = {
      at: 79_000,
      operation: "UpdateService" as const,
      requestId: "r-2",
      principalArn: ALICE,
      desiredCount: 0,
    };
    await controlPlane.store.services.create(aService({ deployments: [], latestChange }));
    const { stop } = await explainTask(controlPlane, { task: aTask().id });
    expect(stop?.causes[0]).toEqual({
      at: "1970-01-01T00:01:19.000Z",
      text: `UpdateService by ${ALICE} (request r-2) set the desired count to 0.`,
      cause: { kind: "serviceChange", ...latestChange, at: "1970-01-01T00:01:19.000Z" },
    });
  });

  test("refuses a task that is not there", async () => {
    const controlPlane = await aClusterWith({});
    await expect(
      explainTask(controlPlane, { task: taskId("service:web", 2) }),
    ).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    await expect(explainTask(controlPlane, { task: "web" })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });
});
