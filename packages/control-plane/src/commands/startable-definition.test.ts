import { aContainerDefinition, aTaskDefinition, instanceId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { createService } from "./create-service.ts";
import { createTaskSet } from "./create-task-set.ts";
import { runTask } from "./run-task.ts";
import { startTask } from "./start-task.ts";
import { updateService } from "./update-service.ts";

const REFUSED = {
  code: "UnsupportedFeatureException",
  message: "Berth does not have this yet: firelensConfiguration of container web.",
};

/** `web:1` can be started, `web:2` wants a log router that no agent would be told of. */
async function aWorld(): Promise<TestControlPlane> {
  const plane = aControlPlane();
  const firelensConfiguration = { type: "fluentbit" };
  await setUpCluster(plane, {
    definitions: [
      aTaskDefinition(),
      aTaskDefinition({
        revision: 2,
        containerDefinitions: [aContainerDefinition({ name: "web", firelensConfiguration })],
      }),
    ],
  });
  const service = { taskDefinition: "web:1", desiredCount: 1, serviceName: "web" };
  await createService(plane, service);
  const external = { deploymentController: { type: "EXTERNAL" as const }, serviceName: "sets" };
  await createService(plane, external);
  return plane;
}

const taskDefinition = "web:2";
const starts: Readonly<Record<string, (plane: TestControlPlane) => Promise<unknown>>> = {
  RunTask: (plane) => runTask(plane, { taskDefinition }),
  StartTask: (plane) => startTask(plane, { taskDefinition, containerInstances: [instanceId(1)] }),
  CreateService: (plane) =>
    createService(plane, { serviceName: "new", taskDefinition, desiredCount: 1 }),
  UpdateService: (plane) => updateService(plane, { service: "web", taskDefinition }),
  CreateTaskSet: (plane) =>
    createTaskSet(plane, { cluster: "default", service: "sets", taskDefinition }),
};

test.each(Object.entries(starts))(
  "%s starts nothing that would run without a part of it",
  async (_, start) => {
    await expect(start(await aWorld())).rejects.toMatchObject(REFUSED);
  },
);
