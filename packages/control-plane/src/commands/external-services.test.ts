import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Service } from "@berth/domain/service";
import { aTaskDefinition } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { aServiceTask } from "@berth/testing/service-snapshots";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { anExternalService, aTaskSet } from "@berth/testing/task-sets";
import { describe, expect, test } from "vitest";
import { createService } from "./create-service.ts";
import { deleteService } from "./delete-service.ts";
import { describeServices } from "./describe-services.ts";
import { updateService } from "./update-service.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012";

async function aWorld(service?: Partial<Service>) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, { definitions: [aTaskDefinition()] });
  if (service) await controlPlane.store.services.create(anExternalService(service));
  return {
    controlPlane,
    stored: async () => controlPlane.store.services.findLatest("default", "web"),
    create: async (request: Partial<EcsRequest<"CreateService">> = {}) =>
      createService(controlPlane, {
        serviceName: "web",
        deploymentController: { type: "EXTERNAL" },
        ...request,
      }),
    update: async (request: Partial<EcsRequest<"UpdateService">>) =>
      updateService(controlPlane, { service: "web", ...request }),
    remove: async (request: Partial<EcsRequest<"DeleteService">> = {}) =>
      deleteService(controlPlane, { service: "web", ...request }),
  };
}

describe("CreateService with the EXTERNAL deployment controller", () => {
  test("needs a name only, and has neither deployments nor task sets nor a definition", async () => {
    const { create, stored } = await aWorld();
    const { service } = await create();
    expect(service).toMatchObject({
      serviceName: "web",
      status: "ACTIVE",
      desiredCount: 0,
      deployments: [],
      taskSets: [],
      deploymentController: { type: "EXTERNAL" },
      launchType: "EC2",
      schedulingStrategy: "REPLICA",
      availabilityZoneRebalancing: "DISABLED",
    });
    expect(service).not.toHaveProperty("taskDefinition");
    expect(service).not.toHaveProperty("currentServiceDeployment");
    expect(await stored()).toMatchObject({ serviceDeployments: [], taskSets: [] });
  });

  test("takes all that is not the task sets' own", async () => {
    const { create } = await aWorld();
    const given = {
      desiredCount: 4,
      healthCheckGracePeriodSeconds: 9,
      placementConstraints: [{ type: "distinctInstance" as const }],
      placementStrategy: [{ type: "random" as const }],
      enableECSManagedTags: true,
      enableExecuteCommand: true,
      propagateTags: "SERVICE" as const,
      tags: [{ key: "team", value: "a" }],
      deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 },
      loadBalancers: [],
      serviceRegistries: [],
    };
    expect((await create(given)).service).toMatchObject(given);
  });

  test("repeated it is the same service", async () => {
    const { create } = await aWorld();
    const first = await create({ desiredCount: 2 });
    expect((await create({ desiredCount: 2 })).service?.createdAt).toEqual(
      first.service?.createdAt,
    );
    await expect(create({ desiredCount: 3 })).rejects.toThrow("not idempotent");
  });

  const network = { awsvpcConfiguration: { subnets: ["subnet-1"] } };
  test.each<[Partial<EcsRequest<"CreateService">>, string]>([
    [{ taskDefinition: "web" }, "TaskDefinition must be blank."],
    [{ taskDefinition: "" }, "Family should not be null or empty."],
    [{ launchType: "EC2" }, "LaunchType must be blank."],
    [{ platformVersion: "LATEST" }, "PlatformVersion must be blank."],
    [{ networkConfiguration: network }, "NetworkConfiguration must be null."],
    [{ loadBalancers: [{ targetGroupArn: "arn" }] }, "LoadBalancers must be empty or null."],
    [{ serviceRegistries: [{ registryArn: "arn" }] }, "ServiceRegistries must be empty or null."],
    [
      { capacityProviderStrategy: [{ capacityProvider: "p" }] },
      "CapacityProviderStrategy must be empty or null.",
    ],
    [{ volumeConfigurations: [{ name: "v" }] }, "VolumeConfigurations must be empty or null."],
    [
      { serviceConnectConfiguration: { enabled: true } },
      "ServiceConnectConfiguration must be null.",
    ],
    [
      { vpcLatticeConfigurations: [{ roleArn: "r", targetGroupArn: "t", portName: "p" }] },
      "VpcLatticeConfigurations must be empty or null.",
    ],
    [
      { schedulingStrategy: "DAEMON" },
      "The daemon scheduling strategy does not support the EXTERNAL deployment controller",
    ],
    [
      { availabilityZoneRebalancing: "ENABLED" },
      "Availability Zone rebalancing does not support the EXTERNAL deployment controller.",
    ],
    [
      {
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
      },
      "The deployment circuit breaker does not support the EXTERNAL deployment controller.",
    ],
    [
      {
        deploymentConfiguration: { alarms: { alarmNames: ["a"], enable: true, rollback: false } },
      },
      "Deployment alarms do not support the EXTERNAL deployment controller.",
    ],
    [{ desiredCount: -1 }, "desiredCount must be between 0 and 5000."],
    [{ role: "arn" }, "IAM roles are only valid for services configured to use load balancers"],
  ])("refuses %j, and writes nothing", async (request, message) => {
    const { controlPlane, create, stored } = await aWorld();
    await expect(create(request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
    expect(await stored()).toBeUndefined();
    expect(controlPlane.wakes).toEqual([]);
  });
});

describe("UpdateService of such a service", () => {
  const taskSets = [
    aTaskSet(2, { scale: 10, stabilityStatus: "STEADY_STATE" }),
    aTaskSet(1, { stabilityStatus: "STEADY_STATE" }),
  ];

  test("sets the desired count, which is that of every set", async () => {
    const { controlPlane, update, stored } = await aWorld({ taskSets, steady: true });
    const { service } = await update({ desiredCount: 8 });
    expect(
      service?.taskSets?.map((set) => [set.computedDesiredCount, set.stabilityStatus]),
    ).toEqual([
      [1, "STEADY_STATE"],
      [8, "STABILIZING"],
    ]);
    expect(await stored()).toMatchObject({
      steady: false,
      due: controlPlane.now(),
      latestChange: { operation: "UpdateService", desiredCount: 8 },
    });
  });

  test("changes what it may change", async () => {
    const { update } = await aWorld({ taskSets });
    const given = {
      healthCheckGracePeriodSeconds: 30,
      placementStrategy: [{ type: "binpack" as const, field: "memory" }],
      placementConstraints: [{ type: "distinctInstance" as const }],
      enableECSManagedTags: true,
      propagateTags: "SERVICE" as const,
      deploymentController: { type: "EXTERNAL" as const },
      loadBalancers: [],
      forceNewDeployment: false,
    };
    const { loadBalancers: _, forceNewDeployment: _1, ...shown } = given;
    expect((await update(given)).service).toMatchObject({ ...shown, deployments: [] });
  });

  test.each<[Partial<EcsRequest<"UpdateService">>, string]>([
    [{ taskDefinition: "web" }, "task definition"],
    [{ forceNewDeployment: true }, "force new deployment"],
    [{ platformVersion: "LATEST" }, "platform version"],
    [{ networkConfiguration: { awsvpcConfiguration: { subnets: [] } } }, "network configuration"],
    [{ deploymentConfiguration: { maximumPercent: 150 } }, "deployment configuration"],
    [{ availabilityZoneRebalancing: "ENABLED" }, "availability zone rebalancing"],
    [{ enableExecuteCommand: true }, "enable execute command"],
  ])("refuses %j, and writes nothing", async (request, member) => {
    const { controlPlane, update, stored } = await aWorld({ taskSets });
    await expect(update(request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: `Unable to update ${member} on services with an EXTERNAL deployment controller.`,
    });
    expect((await stored())?.version).toBe(1);
    expect(controlPlane.wakes).toEqual([]);
  });

  test("refuses another controller", async () => {
    const { update } = await aWorld({ taskSets });
    await expect(update({ deploymentController: { type: "ECS" } })).rejects.toMatchObject({
      code: "UnsupportedFeatureException",
      message: "Berth does not have this yet: another deployment controller.",
    });
  });
});

describe("DeleteService of such a service", () => {
  test.each([
    [{ desiredCount: 1 }, "The service cannot be stopped while it is scaled above 0."],
    [
      { desiredCount: 0, taskSets: [aTaskSet(1, { scale: 0 })] },
      "The service cannot be stopped while deployments are active.",
    ],
  ])("refuses %j without force, and writes nothing", async (service, message) => {
    const { remove, stored } = await aWorld(service);
    await expect(remove()).rejects.toMatchObject({ code: "InvalidParameterException", message });
    expect((await stored())?.version).toBe(1);
  });

  test("with force has all sets drain", async () => {
    const { remove } = await aWorld({ taskSets: [aTaskSet(2), aTaskSet(1)] });
    const { service } = await remove({ force: true });
    expect(service).toMatchObject({ status: "DRAINING", desiredCount: 0 });
    expect(service?.taskSets?.map(({ status }) => status)).toEqual(["DRAINING", "DRAINING"]);
  });

  test("without task sets needs no force", async () => {
    const { remove } = await aWorld({ desiredCount: 0 });
    expect((await remove()).service?.status).toBe("DRAINING");
  });
});

test("DescribeServices shows the PRIMARY set's definition, the counts of all, and tags on demand", async () => {
  const tags = [{ key: "team", value: "a" }];
  const { controlPlane } = await aWorld({
    taskDefinition: "web:1",
    taskSets: [aTaskSet(2, { tags }), aTaskSet(1, { status: "PRIMARY" })],
  });
  for (const task of [aServiceTask(1, 1), aServiceTask(2, 2), aServiceTask(2, 3, "PENDING")]) {
    await controlPlane.store.tasks.create(task);
  }
  const described = async (include: EcsRequest<"DescribeServices">["include"] = []) =>
    (await describeServices(controlPlane, { services: ["web"], include })).services?.[0];
  expect(await described()).toMatchObject({
    taskDefinition: `${ARN}:task-definition/web:1`,
    deployments: [],
    runningCount: 2,
    pendingCount: 1,
    currentServiceRevisions: [],
    taskSets: [
      { status: "ACTIVE", runningCount: 1, pendingCount: 1, tags: [] },
      { status: "PRIMARY", runningCount: 1, pendingCount: 0 },
    ],
  });
  expect((await described(["TAGS"]))?.taskSets?.[0]?.tags).toEqual(tags);
});
