import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { createService } from "./create-service.ts";
import { deleteTaskDefinitions } from "./delete-task-definitions.ts";
import { deregisterTaskDefinition } from "./deregister-task-definition.ts";
import { describeTaskDefinition } from "./describe-task-definition.ts";
import { listTaskDefinitionFamilies } from "./list-task-definition-families.ts";
import { listTaskDefinitions } from "./list-task-definitions.ts";
import { registerTaskDefinition } from "./register-task-definition.ts";
import { runTask } from "./run-task.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012:task-definition/";
const NOW = 1_700_000_000_000;

const register = (plane: TestControlPlane, family = "web") =>
  registerTaskDefinition(plane, {
    family,
    containerDefinitions: [{ name: "web", image: "nginx", memory: 64 }],
  });

/** `web` has two INACTIVE revisions and an ACTIVE one. */
async function aWorld(): Promise<TestControlPlane> {
  const plane = aControlPlane({ now: NOW });
  // With `web:1` in it.
  await setUpCluster(plane);
  await register(plane);
  await register(plane);
  for (const revision of [1, 2]) {
    await deregisterTaskDefinition(plane, { taskDefinition: `web:${revision}` });
  }
  plane.wakes.splice(0);
  return plane;
}

describe("DeleteTaskDefinitions", () => {
  test("marks what is INACTIVE, says why not of the others, and has the deletion looked at", async () => {
    const plane = await aWorld();
    const { taskDefinitions, failures } = await deleteTaskDefinitions(plane, {
      taskDefinitions: ["web:1", `${ARN}web:1`, "web:3", `${ARN}web:9`],
    });
    expect(taskDefinitions).toMatchObject([
      {
        family: "web",
        revision: 1,
        status: "DELETE_IN_PROGRESS",
        deleteRequestedAt: new Date(NOW),
      },
    ]);
    expect(failures).toEqual([
      {
        arn: `${ARN}web:3`,
        reason:
          "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
      },
      {
        arn: `${ARN}web:9`,
        reason:
          "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
      },
    ]);
    expect(plane.wakes).toEqual([
      {
        message: { kind: "taskDefinition", family: "web", revision: 1 },
        timing: { kind: "after", seconds: 60 },
      },
    ]);
  });

  test("is the same when it is repeated, and cannot be taken back", async () => {
    const plane = await aWorld();
    const first = await deleteTaskDefinitions(plane, { taskDefinitions: ["web:1"] });
    plane.advance(5_000);
    expect(await deleteTaskDefinitions(plane, { taskDefinitions: ["web:1"] })).toEqual(first);
    const { taskDefinition } = await deregisterTaskDefinition(plane, { taskDefinition: "web:1" });
    expect(taskDefinition).toEqual(first.taskDefinitions?.[0]);
    expect(plane.wakes).toHaveLength(1);
  });

  test("leaves it describable, and listed by its status alone", async () => {
    const plane = await aWorld();
    const { taskDefinitions } = await deleteTaskDefinitions(plane, { taskDefinitions: ["web:1"] });
    const described = await describeTaskDefinition(plane, { taskDefinition: `${ARN}web:1` });
    expect(described.taskDefinition).toEqual(taskDefinitions?.[0]);
    const listed = async (status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS") =>
      (await listTaskDefinitions(plane, { status })).taskDefinitionArns;
    expect(await listed("ACTIVE")).toEqual([`${ARN}web:3`]);
    expect(await listed("INACTIVE")).toEqual([`${ARN}web:2`]);
    expect(await listed("DELETE_IN_PROGRESS")).toEqual([`${ARN}web:1`]);
  });

  test("takes a family out of the lists with its last revision", async () => {
    const plane = await aWorld();
    await register(plane, "old");
    await deregisterTaskDefinition(plane, { taskDefinition: "old:1" });
    const families = async (status: "ACTIVE" | "INACTIVE" | "ALL") =>
      (await listTaskDefinitionFamilies(plane, { status })).families;
    expect(await families("INACTIVE")).toEqual(["old"]);
    await deleteTaskDefinitions(plane, { taskDefinitions: ["old:1"] });
    expect(await families("INACTIVE")).toEqual([]);
    expect(await families("ALL")).toEqual(["web"]);
  });

  test("lets nothing new start", async () => {
    const plane = await aWorld();
    await deleteTaskDefinitions(plane, { taskDefinitions: ["web:1"] });
    const refusal = { code: "ClientException", message: "TaskDefinition is inactive" };
    await expect(runTask(plane, { taskDefinition: "web:1" })).rejects.toMatchObject(refusal);
    const service = { serviceName: "s", taskDefinition: "web:1", desiredCount: 1 };
    await expect(createService(plane, service)).rejects.toMatchObject(refusal);
  });

  test.each([
    {
      given: [],
      code: "InvalidParameterException",
      message: "taskDefinitions should not be empty.",
    },
    {
      given: Array.from({ length: 11 }, (_, index) => `web:${index + 1}`),
      code: "InvalidParameterException",
      message: "taskDefinitions can have at most 10 items.",
    },
    { given: ["web:1", "web"], code: "ClientException", message: "Revision is missing." },
    {
      given: ["web:1", "web:x"],
      code: "InvalidParameterException",
      message: "Invalid revision number. Number: x",
    },
  ])("refuses, and marks nothing: $message", async ({ given, code, message }) => {
    const plane = await aWorld();
    await expect(deleteTaskDefinitions(plane, { taskDefinitions: given })).rejects.toMatchObject({
      code,
      message,
    });
    const { taskDefinition } = await describeTaskDefinition(plane, { taskDefinition: "web:1" });
    expect(taskDefinition?.status).toBe("INACTIVE");
  });
});
