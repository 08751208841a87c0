import {
  aContainerDefinition,
  aSession,
  aTaskDefinition,
  instanceId,
} from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { beforeEach, describe, expect, test } from "vitest";
import { createService } from "../commands/create-service.ts";
import { describeTasks } from "../commands/describe-tasks.ts";
import { runTask } from "../commands/run-task.ts";
import { handleWake } from "./handle-wake.ts";

const CLUSTER = "default";
const ID = instanceId(1);
/** API Gateway's, in bytes. */
const LIMIT = 128 * 1024;

let plane: TestControlPlane;

/** A definition whose payload is about so long: what stands in an environment travels as it is. */
const definitionOf = (family: string, bytes: number) =>
  aTaskDefinition({
    family,
    containerDefinitions: [
      aContainerDefinition({
        cpu: 1,
        memory: 1,
        environment: [{ name: "TEXT", value: "x".repeat(bytes) }],
      }),
    ],
  });

beforeEach(async () => {
  plane = aControlPlane();
  await setUpCluster(plane, {
    definitions: [definitionOf("long", 60_000), definitionOf("endless", LIMIT)],
  });
  const [connectionId, leaseUntil] = ["c1", plane.now() + 1e9];
  await plane.store.sessions.create(
    aSession({ connectionId, greetedConnectionId: connectionId, leaseUntil }),
  );
});

const frames = () =>
  plane.pushed.map(({ message }) => {
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(LIMIT);
    return message.type === "PayloadMessage" ? message.message.tasks.length : message.type;
  });

const held = async () =>
  Object.keys((await plane.store.instances.findLedger(CLUSTER, ID))?.reservations ?? {});

test("tasks too long for one message go in several, each within the limit", async () => {
  const { tasks = [] } = await runTask(plane, { taskDefinition: "long", count: 5 });
  expect(frames()).toEqual([2, 2, 1]);
  expect(await held()).toHaveLength(tasks.length);
});

describe("a task that no message can carry", () => {
  test("is STOPPED and says why, instead of waiting for ever", async () => {
    const { tasks = [] } = await runTask(plane, { taskDefinition: "endless" });
    const described = await describeTasks(plane, {
      tasks: tasks.map((task) => task.taskArn ?? ""),
    });
    expect(described.tasks).toEqual([
      expect.objectContaining({
        lastStatus: "STOPPED",
        desiredStatus: "STOPPED",
        stopCode: "TaskFailedToStart",
        stoppedReason: expect.stringMatching(
          /^Task failed to start: its definition and overrides take 13\d{4} bytes in a message to the agent, which holds 130048\.$/,
        ) as string,
      }),
    ]);
    expect(frames()).toEqual([]);
    expect(await held()).toEqual([]);
    expect(plane.recorded).toEqual([["TasksStopped", 1, "TaskFailedToStart"]]);
  });

  test("is told again to nobody", async () => {
    const { tasks = [] } = await runTask(plane, { taskDefinition: "endless" });
    const taskIds = tasks.map((task) => task.taskArn?.split("/").at(-1) ?? "");
    const before = plane.recorded.length;
    await handleWake(plane, {
      kind: "dispatch",
      cluster: CLUSTER,
      containerInstanceId: ID,
      taskIds,
    });
    expect(frames()).toEqual([]);
    expect(plane.recorded).toHaveLength(before);
  });

  test("of a service counts as a failed start, and the next one waits longer", async () => {
    await createService(plane, { serviceName: "web", taskDefinition: "endless", desiredCount: 1 });
    for (let wake = plane.wakes.shift(); wake; wake = plane.wakes.shift()) {
      if (wake.timing.kind !== "after") await handleWake(plane, wake.message);
    }
    const service = await plane.store.services.find(CLUSTER, "web");
    expect(service?.deployments[0]?.failedTasks).toBe(1);
    expect(service?.plannedStarts).toEqual([]);
    expect(await plane.store.tasks.ofGroup(CLUSTER, "service:web")).toEqual([]);
    expect(await held()).toEqual([]);
  });
});

test("tasks that can be told are, beside one that cannot", async () => {
  plane.gone.add("c1");
  const long = await runTask(plane, { taskDefinition: "long" });
  const endless = await runTask(plane, { taskDefinition: "endless" });
  plane.gone.clear();
  const taskIds = [long, endless].flatMap(({ tasks = [] }) =>
    tasks.map((task) => task.taskArn?.split("/").at(-1) ?? ""),
  );
  await handleWake(plane, { kind: "dispatch", cluster: CLUSTER, containerInstanceId: ID, taskIds });
  expect(frames()).toEqual([1]);
  expect(await held()).toEqual(taskIds.slice(0, 1));
});
