import { aReservation, instanceId, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { runTask } from "../commands/run-task.ts";
import { startTask } from "../commands/start-task.ts";

const idOf = (arn = ""): string => arn.slice(arn.lastIndexOf("/") + 1);

async function aFullAndTwoEmptyInstances() {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, { instanceCount: 3 });
  const { instances } = controlPlane.store;
  const ledger = await instances.findLedger("default", instanceId(2));
  if (!ledger) throw new Error("instance 2 is missing");
  const held = taskId("family:batch", 1);
  const reservations = {
    [held]: aReservation({ memoryMiB: 1_000, reservedAt: controlPlane.now() }),
  };
  await instances.replaceLedger({ ...ledger, reservations });
  return controlPlane;
}

test("a task that was placed keeps why", async () => {
  const controlPlane = await aFullAndTwoEmptyInstances();
  const placementStrategy = [{ type: "binpack" as const, field: "memory" }];
  const { tasks } = await runTask(controlPlane, { taskDefinition: "web", placementStrategy });
  const task = await controlPlane.store.tasks.find("default", idOf(tasks?.[0]?.taskArn));
  expect(task?.placement).toEqual({
    kind: "chosen",
    considered: 3,
    rejected: { "RESOURCE:MEMORY": 1 },
    by: ["binpack(memory)"],
    scores: [1_024],
    isDrawn: true,
  });
});

test("a task of StartTask keeps that its place was named", async () => {
  const controlPlane = await aFullAndTwoEmptyInstances();
  const { tasks } = await startTask(controlPlane, {
    taskDefinition: "web",
    containerInstances: [instanceId(3)],
  });
  const task = await controlPlane.store.tasks.find("default", idOf(tasks?.[0]?.taskArn));
  expect(task).toMatchObject({
    containerInstanceId: instanceId(3),
    placement: { kind: "named" },
  });
});
