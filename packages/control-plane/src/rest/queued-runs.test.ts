import { describe, expect, test } from "vitest";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aReservation, instanceId, taskId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { deleteCluster } from "../commands/delete-cluster.ts";
import { runTask } from "../commands/run-task.ts";
import { tendQueuedRun } from "../reconcile/queued-run.ts";
import { queueRun } from "./queue-run.ts";
import { cancelQueuedRun, getQueuedRun, listQueuedRuns } from "./queued-runs.ts";

const FULL = { [taskId("family:other", 1)]: aReservation({ memoryMiB: 1_000 }) };
const CLUSTER_ARN = "arn:aws:ecs:eu-central-1:123456789012:cluster/default";
const INSTANCE_ARN = `arn:aws:ecs:eu-central-1:123456789012:container-instance/default/${instanceId(1)}`;

async function aFullCluster(): Promise<TestControlPlane> {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, { ledger: { reservations: FULL } });
  return controlPlane;
}

const queue = (controlPlane: TestControlPlane, run: Partial<EcsRequest<"RunTask">> = {}) =>
  queueRun(controlPlane, { run: { taskDefinition: "web", ...run }, deadlineSeconds: 60 });

describe("queueRun", () => {
  test("answers what is placed, what waits and why, until when, and who asked", async () => {
    const controlPlane = await aFullCluster();
    const queued = await queue(controlPlane, { count: 2, startedBy: "pipeline" });
    expect(queued).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      clusterArn: CLUSTER_ARN,
      status: "WAITING",
      taskDefinitionArn: "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1",
      group: "family:web",
      startedBy: "pipeline",
      taskArns: [expect.stringContaining(":task/default/"), expect.any(String)],
      placedTaskArns: [],
      unplacedTaskArns: queued.taskArns,
      queuedAt: "2023-11-14T22:13:20.000Z",
      deadline: "2023-11-14T22:14:20.000Z",
      history: [
        expect.objectContaining({
          text: `RunTask by arn:aws:iam::123456789012:root (request ${controlPlane.requestId}) queued 2 tasks.`,
        }),
      ],
      latestTry: {
        since: "2023-11-14T22:13:20.000Z",
        instances: [
          {
            containerInstanceArn: INSTANCE_ARN,
            reason: "RESOURCE:MEMORY",
            detail: "memory: needs 128 MiB, has 24 MiB free of 1024; 1000 reserved by 1 task",
          },
        ],
      },
    });
  });

  test("is over at once where all find room", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    const queued = await queue(controlPlane, { count: 3 });
    expect(queued).toMatchObject({ status: "PLACED", unplacedTaskArns: [] });
    expect(queued.placedTaskArns).toEqual(queued.taskArns);
    expect(await getQueuedRun(controlPlane, { id: queued.id })).toEqual(queued);
  });

  test("waits in a cluster without instances, which RunTask refuses", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 0 });
    await expect(runTask(controlPlane, { taskDefinition: "web" })).rejects.toThrow("No Container");
    expect(await queue(controlPlane)).toMatchObject({
      status: "WAITING",
      latestTry: { instances: [{ reason: "No Container Instances were found in your cluster." }] },
    });
  });

  test("finds the same run again by its token", async () => {
    const controlPlane = await aFullCluster();
    const run = { count: 2, clientToken: "token" };
    const first = await queue(controlPlane, run);
    controlPlane.advance(5_000);
    expect(await queue(controlPlane, run)).toEqual(first);
    expect((await listQueuedRuns(controlPlane, {}, { limit: 10 })).queuedRuns).toEqual([first]);
    await expect(queue(controlPlane, { ...run, count: 3 })).rejects.toMatchObject({
      code: "ConflictException",
      members: { resourceIds: first.taskArns },
    });
  });

  test("has tasks of its own under a token that RunTask was given", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    const clientToken = "token";
    const { tasks = [] } = await runTask(controlPlane, { taskDefinition: "web", clientToken });
    const { placedTaskArns } = await queue(controlPlane, { clientToken });
    expect(new Set([tasks[0]?.taskArn, ...placedTaskArns]).size).toBe(2);
  });

  test.each<[string, Partial<EcsRequest<"RunTask">>, string]>([
    ["count", { count: 11 }, "count should be between 1 and 10."],
    ["clientToken", { clientToken: "ä" }, "clientToken contains invalid characters."],
    ["taskDefinition", { taskDefinition: "absent" }, "TaskDefinition not found."],
    ["cluster", { cluster: "absent" }, "Cluster not found."],
    ["group", { group: "service:web" }, "Invalid namespace for group."],
  ])("refuses what RunTask refuses: %s", async (_, run, message) => {
    const controlPlane = await aFullCluster();
    await expect(queue(controlPlane, run)).rejects.toThrow(message);
    expect((await listQueuedRuns(controlPlane, {}, { limit: 10 })).queuedRuns).toEqual([]);
  });
});

describe("getQueuedRun", () => {
  test("tells what it waits for, until when, and what would place it now", async () => {
    const controlPlane = await aFullCluster();
    const { id } = await queue(controlPlane);
    expect(await getQueuedRun(controlPlane, { id })).toMatchObject({
      waiting: {
        for: "container instances that take 1 task",
        since: "2023-11-14T22:13:20.000Z",
        until: { at: "2023-11-14T22:14:20.000Z" },
      },
      placement: {
        considered: 1,
        fittingCount: 0,
        removed: [{ reason: "RESOURCE:MEMORY", count: 1 }],
        counterfactuals: [{ containerInstanceArn: INSTANCE_ARN }],
      },
    });
  });

  test("refuses one that is not there", async () => {
    const controlPlane = await aFullCluster();
    await expect(getQueuedRun(controlPlane, { id: "f".repeat(32) })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });
});

describe("cancelQueuedRun", () => {
  test("has nothing more started, and says who wanted that", async () => {
    const controlPlane = await aFullCluster();
    const { id } = await queue(controlPlane);
    const cancelled = await cancelQueuedRun(controlPlane, { id });
    expect(cancelled.status).toBe("CANCELLING");
    expect(cancelled.history.at(-1)?.text).toMatch(
      /^CancelQueuedRun by arn:.*:root \(request .*\) cancelled what was not placed\.$/,
    );
    expect(await getQueuedRun(controlPlane, { id })).toMatchObject({
      waiting: { for: "tries that had begun before it was cancelled" },
    });
    controlPlane.advance(4_000);
    await tendQueuedRun(controlPlane, "default", id);
    expect(await cancelQueuedRun(controlPlane, { id })).toMatchObject({
      status: "CANCELLED",
      endedAt: "2023-11-14T22:13:24.000Z",
    });
  });

  test("leaves one that is over as it is", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    const placed = await queue(controlPlane);
    expect(await cancelQueuedRun(controlPlane, { id: placed.id })).toEqual(placed);
  });
});

test("a cluster in which a run waits is not deleted", async () => {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, { instanceCount: 0 });
  const { id } = await queue(controlPlane);
  await expect(deleteCluster(controlPlane, { cluster: "default" })).rejects.toMatchObject({
    code: "ClusterContainsTasksException",
  });
  await cancelQueuedRun(controlPlane, { id });
  await deleteCluster(controlPlane, { cluster: "default" });
});
