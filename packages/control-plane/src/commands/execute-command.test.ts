import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aTask, aTaskContainer, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { executeCommand } from "./execute-command.ts";

const id = taskId("service:web", 1);
const INVALID = "InvalidParameterException";

describe("ExecuteCommand refuses", () => {
  type Case = {
    readonly name: string;
    readonly task?: Parameters<typeof aTask>[0];
    readonly request?: Partial<EcsRequest<"ExecuteCommand">>;
    readonly code: string;
    readonly message: string | RegExp;
  };
  const two = [aTaskContainer({ name: "web" }), aTaskContainer({ name: "log" })];

  test.each<Case>([
    {
      name: "a cluster that is not there",
      request: { cluster: "other" },
      code: "ClusterNotFoundException",
      message: "Cluster not found.",
    },
    {
      name: "a task that is not there",
      request: { task: taskId("service:web", 2) },
      code: INVALID,
      message: "The referenced task was not found.",
    },
    {
      name: "a container that the task does not have",
      request: { container: "other" },
      code: INVALID,
      message: "container other is not in the task.",
    },
    {
      name: "to choose between containers",
      task: { containers: two },
      code: INVALID,
      message: "container must be given for a task of more than one container.",
    },
    {
      name: "a mode that ECS does not have either",
      request: { interactive: false },
      code: INVALID,
      message: "Interactive is the only mode supported currently.",
    },
    {
      name: "a task that was run without it",
      task: { enableExecuteCommand: false },
      code: INVALID,
      message: /^The execute command failed because execute command was not enabled/,
    },
    {
      name: "a task that has stopped",
      task: { lastStatus: "STOPPED" },
      code: INVALID,
      message: /^The execute command failed because/,
    },
    {
      name: "what is asked rightly, for now",
      task: { containers: two },
      request: { container: "log" },
      code: "ClientException",
      message:
        "Berth does not have this yet: commands through Session Manager; berth exec leads into containers.",
    },
  ])("$name", async ({ task, request, code, message }) => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    await controlPlane.store.tasks.create(
      aTask({ id, lastStatus: "RUNNING", enableExecuteCommand: true, ...task }),
    );
    const outcome = executeCommand(controlPlane, {
      task: id,
      command: "sh",
      interactive: true,
      ...request,
    });
    await expect(outcome).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
