import { describe, expect, test } from "vitest";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aService, aTask, aTaskDefinition, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { updateService } from "./update-service.ts";

type Request = EcsRequest<"UpdateService">;

async function aCluster(service: Parameters<typeof aService>[0] = {}) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, {
    definitions: [
      aTaskDefinition(),
      aTaskDefinition({ revision: 2 }),
      aTaskDefinition({ family: "old", status: "INACTIVE" }),
    ],
  });
  await controlPlane.store.services.create(aService({ steady: true, ...service }));
  const update = (request: Partial<Request>) =>
    updateService(controlPlane, { service: "web", ...request });
  return { controlPlane, update };
}

describe("UpdateService", () => {
  test("rolls out another task definition as a new PRIMARY deployment", async () => {
    const { controlPlane, update } = await aCluster();
    const task = aTask({ startedBy: "ecs-svc/0000000000000000001", lastStatus: "RUNNING" });
    await controlPlane.store.tasks.create(task);

    const { service } = await update({ taskDefinition: "web:2" });

    const [primary, old] = service?.deployments ?? [];
    expect(service?.deployments).toHaveLength(2);
    expect(primary).toMatchObject({
      status: "PRIMARY",
      taskDefinition: expect.stringMatching(/web:2$/),
      runningCount: 0,
      failedTasks: 0,
      rolloutState: "IN_PROGRESS",
      rolloutStateReason: `ECS deployment ${primary?.id} in progress.`,
      createdAt: new Date(controlPlane.now()),
    });
    expect(old).toMatchObject({
      id: "ecs-svc/0000000000000000001",
      status: "ACTIVE",
      taskDefinition: expect.stringMatching(/web:1$/),
      desiredCount: 1,
      runningCount: 1,
      rolloutState: "COMPLETED",
    });
    expect(service).toMatchObject({
      taskDefinition: expect.stringMatching(/web:2$/),
      runningCount: 1,
    });
  });

  test.each<{ name: string; request: Partial<Request>; deployments: number }>([
    { name: "another definition", request: { taskDefinition: "web:2" }, deployments: 2 },
    {
      name: "a family whose latest is another",
      request: { taskDefinition: "web" },
      deployments: 2,
    },
    { name: "force", request: { forceNewDeployment: true }, deployments: 2 },
    { name: "the same definition", request: { taskDefinition: "web:1" }, deployments: 1 },
    { name: "a count", request: { desiredCount: 5 }, deployments: 1 },
    { name: "placement", request: { placementStrategy: [{ type: "random" }] }, deployments: 1 },
    { name: "nothing", request: {}, deployments: 1 },
  ])("has $deployments deployments after $name", async ({ request, deployments }) => {
    const { update } = await aCluster();
    expect((await update(request)).service?.deployments).toHaveLength(deployments);
  });

  test("leaves alone what is left out", async () => {
    const { update } = await aCluster({
      desiredCount: 4,
      placementStrategy: [{ type: "random" }],
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 },
    });
    const { service } = await update({ deploymentConfiguration: { maximumPercent: 120 } });
    expect(service).toMatchObject({
      desiredCount: 4,
      placementStrategy: [{ type: "random" }],
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 120 },
    });
  });

  test("takes empty lists away", async () => {
    const { update } = await aCluster({
      placementStrategy: [{ type: "random" }],
      placementConstraints: [{ type: "distinctInstance" }],
    });
    const { service } = await update({
      placementStrategy: [],
      placementConstraints: [],
      loadBalancers: [],
      capacityProviderStrategy: [],
    });
    expect(service).toMatchObject({ placementStrategy: [], placementConstraints: [] });
  });

  test("leaves a mark and wakes the service controller", async () => {
    const { controlPlane, update } = await aCluster();
    await update({ desiredCount: 2 });
    expect(await controlPlane.store.services.find("default", "web")).toMatchObject({
      desiredCount: 2,
      steady: false,
      due: controlPlane.now(),
    });
    expect(controlPlane.wakes.map(({ message }) => message)).toEqual([
      { kind: "service", cluster: "default", service: "web" },
    ]);
  });

  test("keeps every change of those that update at once", async () => {
    const { controlPlane, update } = await aCluster();
    await Promise.all([
      update({ desiredCount: 7 }),
      update({ taskDefinition: "web:2" }),
      update({ healthCheckGracePeriodSeconds: 9 }),
    ]);
    expect(await controlPlane.store.services.find("default", "web")).toMatchObject({
      desiredCount: 7,
      taskDefinition: "web:2",
      healthCheckGracePeriodSeconds: 9,
    });
  });

  test.each<{
    name: string;
    service?: Parameters<typeof aService>[0];
    request: Partial<Request>;
    code: string;
    message: string;
  }>([
    {
      name: "a service that is not there",
      request: { service: taskId("x", 1) },
      code: "ServiceNotFoundException",
      message: "Service not found.",
    },
    {
      name: "one that drains",
      service: { status: "DRAINING" },
      request: { desiredCount: 1 },
      code: "ServiceNotActiveException",
      message: "Service was not ACTIVE.",
    },
    {
      name: "one that is deleted",
      service: { status: "INACTIVE" },
      request: { desiredCount: 1 },
      code: "ServiceNotActiveException",
      message: "Service was not ACTIVE.",
    },
    {
      name: "an inactive definition",
      request: { taskDefinition: "old:1" },
      code: "ClientException",
      message: "TaskDefinition is inactive",
    },
    {
      name: "percentages that block together with those it has",
      request: { deploymentConfiguration: { maximumPercent: 100 } },
      code: "InvalidParameterException",
      message:
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments",
    },
    {
      name: "a network",
      request: { networkConfiguration: { awsvpcConfiguration: { subnets: ["s"] } } },
      code: "InvalidParameterException",
      message:
        "Network Configuration is not valid for the given networkMode of this task definition.",
    },
    {
      name: "load balancers",
      request: { loadBalancers: [{ targetGroupArn: "a" }] },
      code: "UnsupportedFeatureException",
      message: "Berth does not have this yet: load balancers.",
    },
  ])("refuses $name", async ({ service, request, code, message }) => {
    const { controlPlane, update } = await aCluster(service);
    await expect(update(request)).rejects.toMatchObject({ code, message });
    expect(await controlPlane.store.services.find("default", "web")).toMatchObject({ version: 1 });
  });
});

describe("UpdateService of a DAEMON", () => {
  const daemon = {
    schedulingStrategy: "DAEMON",
    deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
  } as const;

  test("rolls out another definition", async () => {
    const { update } = await aCluster(daemon);
    expect((await update({ taskDefinition: "web:2" })).service?.deployments).toHaveLength(2);
  });

  test("refuses a count", async () => {
    const { update } = await aCluster(daemon);
    await expect(update({ desiredCount: 1 })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: expect.stringMatching(/^The daemon scheduling strategy does not support/),
    });
  });
});

describe("UpdateService and rebalancing", () => {
  const enabled = { availabilityZoneRebalancing: "ENABLED" } as const;

  test("keeps it where nothing is said, and changes it where it is", async () => {
    const { update } = await aCluster(enabled);
    expect((await update({})).service).toMatchObject(enabled);
    const disabled = { availabilityZoneRebalancing: "DISABLED" } as const;
    expect((await update(disabled)).service).toMatchObject(disabled);
  });

  test("lets the percentages be narrowed, and refuses to enable it then", async () => {
    const { update } = await aCluster(enabled);
    const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 };
    expect((await update({ deploymentConfiguration })).service).toMatchObject(enabled);
    await expect(update(enabled)).rejects.toMatchObject({ code: "InvalidParameterException" });
  });
});
