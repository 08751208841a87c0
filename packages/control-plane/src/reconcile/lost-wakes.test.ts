import { aSession, instanceId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { createService } from "../commands/create-service.ts";
import { runTask } from "../commands/run-task.ts";
import { submitTaskStateChange } from "../commands/submit-task-state-change.ts";
import { updateService } from "../commands/update-service.ts";
import { handleWake } from "./handle-wake.ts";
import { sweep } from "./sweep.ts";

const CONNECTION = "connection-1";
const INSTANCE = { cluster: "default", containerInstanceId: instanceId(1) };

/** One instance whose agent has been greeted. */
async function aCluster(): Promise<TestControlPlane> {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  const now = controlPlane.now();
  await controlPlane.store.sessions.create(
    aSession({
      ...INSTANCE,
      connectionId: CONNECTION,
      greetedConnectionId: CONNECTION,
      connectedAt: now,
      auditedAt: now,
      nextHeartbeatAt: now + controlPlane.settings.heartbeatIntervalMs,
      leaseUntil: now + 10 * controlPlane.settings.leaseMs,
    }),
  );
  return controlPlane;
}

/** Carries out what is woken at once. */
async function settle(controlPlane: TestControlPlane): Promise<void> {
  for (let wake = controlPlane.wakes.shift(); wake; wake = controlPlane.wakes.shift()) {
    if (wake.timing.kind !== "after") await handleWake(controlPlane, wake.message);
  }
}

/** The frame is taken and never arrives. */
const forget = ({ pushed }: TestControlPlane) => pushed.splice(0);

const payloads = ({ pushed }: TestControlPlane) =>
  pushed.flatMap(({ message }) => (message.type === "PayloadMessage" ? message.message.tasks : []));

describe("an agent", () => {
  test("is told of a task by who writes it, without a message in between", async () => {
    const controlPlane = await aCluster();
    await runTask(controlPlane, { taskDefinition: "web" });
    expect(payloads(controlPlane)).toHaveLength(1);
    expect(controlPlane.wakes).toEqual([]);
  });

  test("that cannot be told right now is left to the dispatch controller", async () => {
    const controlPlane = await aCluster();
    controlPlane.gone.add(CONNECTION);
    const { tasks = [] } = await runTask(controlPlane, { taskDefinition: "web" });
    const taskIds = tasks.map(({ taskArn = "" }) => taskArn.split("/").at(-1));
    expect(controlPlane.wakes.map(({ message }) => message)).toEqual([
      { kind: "dispatch", ...INSTANCE, taskIds },
    ]);
  });
});

describe("an agent that keeps a task which is given up", () => {
  test("hears at the next audit which tasks it should have", async () => {
    const controlPlane = await aCluster();
    const { tasks = [] } = await runTask(controlPlane, { taskDefinition: "web", count: 2 });
    const [kept = "", lost = ""] = tasks.map(({ taskArn = "" }) => taskArn);
    const stored = await controlPlane.store.tasks.find("default", lost.split("/").at(-1) ?? "");
    if (!stored) throw new Error("there is no task");
    await controlPlane.store.tasks.replace({
      ...stored,
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
    });
    forget(controlPlane);

    controlPlane.advance(controlPlane.settings.auditIntervalMs);
    await handleWake(controlPlane, { kind: "dispatch", ...INSTANCE, taskIds: [] });
    const manifests = controlPlane.pushed.flatMap(({ message }) =>
      message.type === "TaskManifestMessage" ? [message.message.tasks] : [],
    );
    expect(manifests).toEqual([[expect.objectContaining({ taskArn: kept })]]);
  });
});

describe("an agent that was never told of its task", () => {
  test("is told by the next heartbeat, where no service looks after the task", async () => {
    const controlPlane = await aCluster();
    await runTask(controlPlane, { taskDefinition: "web" });
    await settle(controlPlane);
    forget(controlPlane);

    controlPlane.advance(controlPlane.settings.heartbeatIntervalMs);
    await handleWake(controlPlane, { kind: "dispatch", ...INSTANCE, taskIds: [] });

    expect(payloads(controlPlane)).toHaveLength(1);
  });

  test("is asked about once, and not for ever", async () => {
    const controlPlane = await aCluster();
    await runTask(controlPlane, { taskDefinition: "web" });
    await settle(controlPlane);
    for (let beat = 0; beat < 5; beat += 1) {
      controlPlane.advance(controlPlane.settings.heartbeatIntervalMs);
      await handleWake(controlPlane, { kind: "dispatch", ...INSTANCE, taskIds: [] });
    }
    expect(payloads(controlPlane)).toHaveLength(2);
  });

  test("is told through the mark of the service that started it", async () => {
    const controlPlane = await aCluster();
    await createService(controlPlane, {
      serviceName: "web",
      taskDefinition: "web",
      desiredCount: 1,
    });
    await settle(controlPlane);
    forget(controlPlane);

    controlPlane.advance(controlPlane.settings.dispatchRetryMs);
    await sweep(controlPlane);
    await settle(controlPlane);

    expect(payloads(controlPlane)).toHaveLength(1);
  });
});

describe("the sweep", () => {
  test("finds no mark of a service that has come to rest", async () => {
    const controlPlane = await aCluster();
    const named = { serviceName: "web", taskDefinition: "web", desiredCount: 2 };
    await createService(controlPlane, named);
    await settle(controlPlane);
    const tasks = payloads(controlPlane).map(({ arn }) => arn);
    for (const task of tasks) {
      await submitTaskStateChange(controlPlane, { task, status: "RUNNING", containers: [] });
    }
    controlPlane.advance(controlPlane.settings.provenAfterMs);
    await settle(controlPlane);
    forget(controlPlane);
    await updateService(controlPlane, { service: "web", desiredCount: 1 });
    await settle(controlPlane);
    for (const { arn: task } of payloads(controlPlane)) {
      await submitTaskStateChange(controlPlane, { task, status: "STOPPED", containers: [] });
    }
    await settle(controlPlane);

    expect((await controlPlane.store.services.find("default", "web"))?.steady).toBe(true);
    controlPlane.advance(2 * controlPlane.settings.dispatchRetryMs);
    expect(await sweep(controlPlane)).toBe(0);
  });
});
