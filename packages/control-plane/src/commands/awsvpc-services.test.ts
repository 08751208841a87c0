import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aPlaneWithNetworks, inSubnets, networkIn } from "@berth/testing/awsvpc-set-up";
import { aServiceRequest } from "@berth/testing/command-set-up";
import { aTaskSetWorld } from "@berth/testing/task-set-world";
import { describe, expect, test } from "vitest";
import { serviceLaunch } from "../placement/service-launch.ts";
import { revisionOf } from "../reconcile/service-history.ts";
import { createService } from "./create-service.ts";
import { presentServiceRevision } from "./present/service-deployment.ts";
import { updateService } from "./update-service.ts";

const shown = (...subnets: string[]) => ({ awsvpcConfiguration: networkIn(...subnets) });

/** The service `web` in one subnet. */
async function aService() {
  const controlPlane = await aPlaneWithNetworks();
  const { service } = await createService(
    controlPlane,
    aServiceRequest({ taskDefinition: "vpc:1", networkConfiguration: inSubnets("subnet-1") }),
  );
  const update = async (request: Partial<EcsRequest<"UpdateService">>) =>
    (await updateService(controlPlane, { service: "web", ...request })).service;
  const stored = async () => {
    const found = await controlPlane.store.services.findLatest("default", "web");
    if (!found) throw new Error("There is no service web.");
    return found;
  };
  return { controlPlane, service, update, stored };
}

describe("a service with networkMode awsvpc", () => {
  test("shows its network, and so do its deployment and its revision", async () => {
    const { controlPlane, service, stored } = await aService();
    expect(service).toMatchObject({
      networkConfiguration: shown("subnet-1"),
      deployments: [{ networkConfiguration: shown("subnet-1") }],
    });
    const web = await stored();
    const [deployment] = web.deployments;
    if (!deployment) throw new Error("There is no deployment.");
    const revision = revisionOf(web, deployment, undefined);
    expect(presentServiceRevision(controlPlane.scope, revision)).toMatchObject({
      networkConfiguration: shown("subnet-1"),
    });
  });

  test("starts its tasks in the network of their deployment", async () => {
    const { controlPlane, update, stored } = await aService();
    await update({ networkConfiguration: inSubnets("subnet-2") });
    const definition = await controlPlane.store.taskDefinitions.find("vpc", 1);
    if (!definition) throw new Error("There is no definition.");
    const web = await stored();
    expect(
      web.deployments.map((each) => serviceLaunch(web, each, definition).networkConfiguration),
    ).toEqual([networkIn("subnet-2"), networkIn("subnet-1")]);
  });

  test.each<[string, Partial<EcsRequest<"UpdateService">>, string[], number]>([
    ["another subnet", { networkConfiguration: inSubnets("subnet-2") }, ["subnet-2"], 2],
    ["the same network", { networkConfiguration: inSubnets("subnet-1") }, ["subnet-1"], 1],
    ["another count", { desiredCount: 4 }, ["subnet-1"], 1],
    ["another definition", { taskDefinition: "vpc:2" }, ["subnet-1"], 2],
    ["force", { forceNewDeployment: true }, ["subnet-1"], 2],
  ])("with %s is in the right network", async (_, request, subnets, deployments) => {
    const { update } = await aService();
    const service = await update(request);
    expect(service?.networkConfiguration).toEqual(shown(...subnets));
    expect(service?.deployments).toHaveLength(deployments);
  });

  test("has none any more with a definition of another mode", async () => {
    const { update } = await aService();
    const service = await update({ taskDefinition: "web:1" });
    expect(service).not.toHaveProperty("networkConfiguration");
    expect(service?.deployments?.map((each) => each.networkConfiguration)).toEqual([
      undefined,
      shown("subnet-1"),
    ]);
  });

  test.each<[string, Partial<EcsRequest<"UpdateService">>, string]>([
    [
      "no subnets",
      { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
      "subnets can not be empty.",
    ],
    [
      "a network for a definition of another mode",
      { taskDefinition: "web:1", networkConfiguration: inSubnets("subnet-1") },
      "Network Configuration is not valid for the given networkMode of this task definition.",
    ],
    [
      "a platform version",
      { platformVersion: "LATEST" },
      "The platform version must be null when specifying an EC2 launch type",
    ],
  ])("is not changed to %s", async (_, request, message) => {
    const { update, stored } = await aService();
    const before = await stored();
    await expect(update(request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
    expect(await stored()).toEqual(before);
  });
});

test("a service of another mode needs a network to become one of awsvpc", async () => {
  const controlPlane = await aPlaneWithNetworks();
  await createService(controlPlane, aServiceRequest({ taskDefinition: "web:1" }));
  const request = { service: "web", taskDefinition: "vpc:1" };
  await expect(updateService(controlPlane, request)).rejects.toThrow(
    "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  );
  const networkConfiguration = inSubnets("subnet-1");
  expect(await updateService(controlPlane, { ...request, networkConfiguration })).toMatchObject({
    service: { networkConfiguration: shown("subnet-1") },
  });
});

test("a task set has a network of its own, and its service that of the PRIMARY one", async () => {
  const world = await aTaskSetWorld({ taskSets: [] });
  const { taskSet } = await world.create({
    taskDefinition: "vpc",
    networkConfiguration: inSubnets("subnet-1"),
  });
  expect(taskSet).toMatchObject({ networkConfiguration: shown("subnet-1") });
  await world.promote({ primaryTaskSet: taskSet?.id ?? "" });
  const web = await world.stored();
  expect(web.taskSets).toMatchObject([{ networkConfiguration: networkIn("subnet-1") }]);
});
