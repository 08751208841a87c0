import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aTaskDefinition } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { createService } from "./create-service.ts";

type Request = EcsRequest<"CreateService">;

async function createDaemon(changes: Partial<Request> = {}) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, { definitions: [aTaskDefinition()] });
  const answer = await createService(controlPlane, {
    serviceName: "web",
    taskDefinition: "web",
    schedulingStrategy: "DAEMON",
    ...changes,
  });
  return { controlPlane, ...answer };
}

test("a DAEMON has ECS's percentages, no count and no rebalancing", async () => {
  const { controlPlane, service } = await createDaemon();
  expect(service).toMatchObject({
    schedulingStrategy: "DAEMON",
    desiredCount: 0,
    deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    availabilityZoneRebalancing: "DISABLED",
  });
  expect(await controlPlane.store.services.daemons("default")).toEqual(["web"]);
});

test.each<{ name: string; changes: Partial<Request>; message: RegExp }>([
  {
    name: "a strategy",
    changes: { placementStrategy: [{ type: "random" }] },
    message: /does not support placement strategies/,
  },
  {
    name: "more than all",
    changes: { deploymentConfiguration: { maximumPercent: 101 } },
    message: /does not support values above 100 for maximumPercent$/,
  },
  {
    name: "rebalancing",
    changes: { availabilityZoneRebalancing: "ENABLED" },
    message: /does not support the daemon scheduling strategy/,
  },
])("a DAEMON is refused $name", async ({ changes, message }) => {
  await expect(createDaemon(changes)).rejects.toMatchObject({
    code: "InvalidParameterException",
    message: expect.stringMatching(message),
  });
});
