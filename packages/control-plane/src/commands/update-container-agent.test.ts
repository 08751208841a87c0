import { instanceId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { updateContainerAgent } from "./update-container-agent.ts";

const id = instanceId(1);

test.each([
  {
    name: "no update for any version",
    given: { instance: { versionInfo: { agentVersion: "1.70.0" } } },
    code: "NoUpdateAvailableException",
    message: `There is no update available for the agent of container instance ${id}, which is version 1.70.0.`,
  },
  {
    name: "no version to compare",
    given: { instance: { versionInfo: {} } },
    code: "MissingVersionException",
    message: `The version of the agent of container instance ${id} is not known.`,
  },
  {
    name: "nobody to tell",
    given: { ledger: { agentConnected: false } },
    code: "ClientException",
    message: `The agent of container instance ${id} is not connected.`,
  },
  {
    name: "an instance that is no more",
    given: { ledger: { status: "INACTIVE" as const } },
    code: "ClientException",
    message: `Referenced container instance ${id} is INACTIVE.`,
  },
])("UpdateContainerAgent: $name", async ({ given, code, message }) => {
  const plane = aControlPlane();
  await setUpCluster(plane, given);
  await expect(updateContainerAgent(plane, { containerInstance: id })).rejects.toMatchObject({
    code,
    message,
  });
});

test("UpdateContainerAgent does not know every instance", async () => {
  const plane = aControlPlane();
  await setUpCluster(plane);
  const containerInstance = instanceId(9);
  await expect(updateContainerAgent(plane, { containerInstance })).rejects.toMatchObject({
    code: "InvalidParameterException",
    message: `Referenced container instance ${containerInstance} not found.`,
  });
});
