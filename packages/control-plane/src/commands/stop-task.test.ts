import { describe, expect, test } from "vitest";
import { aTask, instanceId, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { stopTask } from "./stop-task.ts";

const id = taskId("service:web", 1);

async function aClusterWith(task: Parameters<typeof aTask>[0]) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  await controlPlane.store.tasks.create(aTask({ id, lastStatus: "RUNNING", ...task }));
  return controlPlane;
}

describe("StopTask", () => {
  test("records the order and has the agent and the service told", async () => {
    const controlPlane = await aClusterWith({ tags: [{ key: "a", value: "1" }] });
    const { task } = await stopTask(controlPlane, { task: id });
    expect(task).toMatchObject({
      desiredStatus: "STOPPED",
      lastStatus: "RUNNING",
      stopCode: "UserInitiated",
      stoppedReason: "Task stopped by user",
      tags: [],
      version: 2,
    });
    expect(await controlPlane.store.tasks.find("default", id)).toMatchObject({
      desiredStatus: "STOPPED",
      due: controlPlane.now() + controlPlane.settings.dispatchRetryMs,
    });
    expect(controlPlane.wakes.map(({ message }) => message)).toEqual([
      {
        kind: "dispatch",
        cluster: "default",
        containerInstanceId: instanceId(1),
        taskIds: [id],
      },
      { kind: "service", cluster: "default", service: "web" },
    ]);
  });

  test("keeps the reason given", async () => {
    const controlPlane = await aClusterWith({});
    const { task } = await stopTask(controlPlane, { task: id, reason: "bad build" });
    expect(task?.stoppedReason).toBe("bad build");
  });

  test("wakes no service for a task of none", async () => {
    const controlPlane = await aClusterWith({ group: "family:web" });
    await stopTask(controlPlane, { task: id });
    expect(controlPlane.wakes.map(({ message }) => message.kind)).toEqual(["dispatch"]);
  });

  test("leaves the first order as it was", async () => {
    const controlPlane = await aClusterWith({});
    await stopTask(controlPlane, { task: id, reason: "first" });
    const { task } = await stopTask(controlPlane, { task: id, reason: "second" });
    expect(task).toMatchObject({ stoppedReason: "first", version: 2 });
  });

  test("answers a stopped task as it is and wakes nobody", async () => {
    const controlPlane = await aClusterWith({ lastStatus: "STOPPED", desiredStatus: "STOPPED" });
    const { task } = await stopTask(controlPlane, { task: id });
    expect(task).toMatchObject({ lastStatus: "STOPPED", version: 1 });
    expect(controlPlane.wakes).toEqual([]);
  });

  test("refuses a task that is not there", async () => {
    const controlPlane = await aClusterWith({});
    await expect(stopTask(controlPlane, { task: taskId("service:web", 2) })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "The referenced task was not found.",
    });
  });
});
