import { aPayloadContainer, aPayloadTask } from "@berth/testing/payloads";
import { describe, expect, test } from "vitest";
import { acceptTask } from "./accept.ts";

const depends = (name: string, on: string, condition = "START") =>
  aPayloadContainer({ name, dependsOn: [{ containerName: on, condition }] });

describe("acceptTask", () => {
  test("takes a whole task as it is", () => {
    expect(acceptTask(aPayloadTask())).toEqual({ kind: "task", task: aPayloadTask() });
  });

  test("fills in volumes that were left out", () => {
    const { volumes: _volumes, ...task } = aPayloadTask();
    expect(acceptTask(task)).toEqual({ kind: "task", task: aPayloadTask() });
  });

  test("needs no more than the ARN to stop one", () => {
    const { arn } = aPayloadTask();
    expect(acceptTask({ arn, desiredStatus: "STOPPED" })).toMatchObject({
      kind: "task",
      task: { arn, containers: [], volumes: [] },
    });
  });

  test.each([null, 1, {}, { arn: 5 }, { arn: "task/1" }, { arn: "arn:aws:ecs:r:1:cluster/x" }])(
    "cannot even report %j",
    (value) => {
      expect(acceptTask(value)).toEqual({ kind: "refused", reason: "the task has no valid arn" });
    },
  );

  test.each([
    [{ desiredStatus: "PENDING" }, "desiredStatus must be RUNNING or STOPPED, not PENDING"],
    [{ containers: [] }, "it has no containers"],
    [{ family: "" }, "it has no family"],
    [{ containers: [{ image: "x" }] }, "a container has no name"],
    [{ containers: [{ name: "x" }] }, "container x has no image"],
    [
      { containers: [aPayloadContainer({ dockerConfig: { version: "1", hostConfig: "{" } })] },
      "dockerConfig.hostConfig of container web is not the JSON text of an object",
    ],
    [
      { containers: [aPayloadContainer({ dockerConfig: { version: "1", config: "[]" } })] },
      "dockerConfig.config of container web is not the JSON text of an object",
    ],
    [{ networkMode: "overlay" }, "networkMode overlay is not supported"],
    [{ volumes: [{ name: "v", type: "efs" }] }, "volume type efs is not supported"],
    [
      { containers: [{ ...aPayloadContainer(), secrets: [{ provider: "vault" }] }] },
      "secrets of provider vault are not supported",
    ],
    [
      { containers: [{ ...aPayloadContainer(), environmentFiles: [{ type: "efs" }] }] },
      "environmentFiles of type efs are not supported",
    ],
    [
      { containers: [{ ...aPayloadContainer(), registryAuthentication: { type: "ecr" } }] },
      "registryAuthentication of type ecr is not supported",
    ],
    [
      { containers: [aPayloadContainer(), aPayloadContainer()] },
      "two containers have the same name",
    ],
    [{ containers: [depends("web", "db")] }, "container web depends on db, which does not exist"],
    [
      { containers: [depends("a", "b", "LATER"), aPayloadContainer({ name: "b" })] },
      "dependsOn LATER is unknown",
    ],
    [
      {
        containers: [
          aPayloadContainer({
            mountPoints: [{ sourceVolume: "v", containerPath: "/v", readOnly: false }],
          }),
        ],
      },
      "volume v does not exist",
    ],
  ])("refuses a task with %j", (members, problem) => {
    expect(acceptTask({ ...aPayloadTask(), ...members })).toEqual({
      kind: "refused",
      arn: aPayloadTask().arn,
      reason: `UnrecogniedTaskError: ${problem}`,
    });
  });

  test.each([
    { name: "itself", containers: [depends("a", "a")] },
    { name: "a ring", containers: [depends("a", "b"), depends("b", "c"), depends("c", "a")] },
    {
      name: "a ring through links",
      containers: [depends("a", "b"), aPayloadContainer({ name: "b", links: ["a:x"] })],
    },
  ])("refuses a container that depends on $name", ({ containers }) => {
    expect(acceptTask(aPayloadTask({ containers }))).toMatchObject({
      reason: "Task dependencies cannot be resolved",
    });
  });
});
