import { describe, expect, test } from "vitest";
import { instanceId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { startTask } from "./start-task.ts";

describe("StartTask", () => {
  test("starts a task on each instance and says which it could not use", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 2 });
    const { tasks, failures } = await startTask(controlPlane, {
      taskDefinition: "web:1",
      containerInstances: [1, 2, 3].map(instanceId),
    });
    expect(tasks?.map((task) => task.containerInstanceArn?.slice(-32)).toSorted()).toEqual([
      instanceId(1),
      instanceId(2),
    ]);
    expect(failures).toEqual([
      {
        arn: expect.stringContaining(instanceId(3)),
        reason: "MISSING",
        detail: "container instance: not in this cluster",
      },
    ]);
  });

  test.each([
    {
      name: "no instance",
      containerInstances: [],
      code: "ClientException",
      message: "Container Instances cannot be empty.",
    },
    {
      name: "more than ten",
      containerInstances: Array.from({ length: 11 }, (_, index) => instanceId(index)),
      code: "InvalidParameterException",
      message: "instanceIds can have at most 10 items.",
    },
  ])("refuses $name", async ({ containerInstances, code, message }) => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    await expect(
      startTask(controlPlane, { taskDefinition: "web", containerInstances }),
    ).rejects.toMatchObject({ code, message });
  });
});
