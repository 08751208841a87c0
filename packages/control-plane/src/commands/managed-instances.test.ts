import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import { MANAGED, PROVIDER_ARN, createProvider } from "@berth/testing/capacity-provider-set-up";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { anInstance, aLedger, instanceId } from "@berth/testing/builders";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { beforeEach, describe, expect, test } from "vitest";
import { handleWake } from "../reconcile/handle-wake.ts";
import { createCapacityProvider } from "./create-capacity-provider.ts";
import { createCluster } from "./create-cluster.ts";
import { createService } from "./create-service.ts";
import { deleteCapacityProvider } from "./delete-capacity-provider.ts";
import { deleteCluster } from "./delete-cluster.ts";
import { deleteService } from "./delete-service.ts";
import { describeCapacityProviders } from "./describe-capacity-providers.ts";
import { describeClusters } from "./describe-clusters.ts";
import { putClusterCapacityProviders } from "./put-cluster-capacity-providers.ts";
import { runTask } from "./run-task.ts";
import { updateCapacityProvider } from "./update-capacity-provider.ts";

type Template = typeof MANAGED.instanceLaunchTemplate;

let plane: TestControlPlane;
beforeEach(async () => {
  plane = aControlPlane();
  await setUpCluster(plane);
});

const create = async (changes: Partial<EcsRequest<"CreateCapacityProvider">> = {}) =>
  createCapacityProvider(plane, {
    name: "managed",
    cluster: "default",
    managedInstancesProvider: MANAGED,
    ...changes,
  });

const template = (changes: Partial<Template>) => ({
  managedInstancesProvider: {
    ...MANAGED,
    instanceLaunchTemplate: { ...MANAGED.instanceLaunchTemplate, ...changes } as Template,
  },
});

const providersOfCluster = async () =>
  (await describeClusters(plane, {})).clusters?.[0]?.capacityProviders;

const put = async (capacityProviders: string[], ...defaults: string[]) =>
  putClusterCapacityProviders(plane, {
    cluster: "default",
    capacityProviders,
    defaultCapacityProviderStrategy: defaults.map((capacityProvider) => ({ capacityProvider })),
  });

describe("a provider of managed instances", () => {
  test("is described as it was given, and its cluster has it", async () => {
    const { capacityProvider } = await create({ tags: [{ key: "team", value: "a" }] });
    const described = {
      capacityProviderArn: `${PROVIDER_ARN}managed`,
      name: "managed",
      status: "ACTIVE",
      type: "MANAGED_INSTANCES",
      cluster: "default",
      managedInstancesProvider: MANAGED,
    };
    expect(capacityProvider).toEqual({ ...described, tags: [{ key: "team", value: "a" }] });
    const { capacityProviders } = await describeCapacityProviders(plane, { cluster: "default" });
    expect(capacityProviders).toEqual([{ ...described, tags: [] }]);
    expect(await providersOfCluster()).toEqual(["managed"]);
  });

  const ranges = { vCpuCount: { min: 2, max: 4 }, memoryMiB: { min: 1_024 } };

  test.each<readonly [string, Partial<EcsRequest<"CreateCapacityProvider">>, string]>([
    ["no cluster", { cluster: undefined }, "cluster must be given"],
    [
      "no role",
      { managedInstancesProvider: { ...MANAGED, infrastructureRoleArn: "role" } },
      "managedInstancesProvider.infrastructureRoleArn must be the ARN of an IAM role.",
    ],
    [
      "a pause of two hours",
      {
        managedInstancesProvider: {
          ...MANAGED,
          infrastructureOptimization: { scaleInAfter: 7_200 },
        },
      },
      "infrastructureOptimization.scaleInAfter must be between -1 and 3600.",
    ],
    ["no profile", template({ ec2InstanceProfileArn: "x" }), "must be the ARN of an instance"],
    ["no subnet", template({ networkConfiguration: {} }), "subnets must have 1 to 16 items."],
    [
      "too many security groups",
      template({
        networkConfiguration: {
          subnets: ["subnet-1"],
          securityGroups: Array<string>(6).fill("sg"),
        },
      }),
      "securityGroups can have at most 5 items.",
    ],
    ["no storage", template({ storageConfiguration: { storageSizeGiB: 0 } }), "at least 1."],
    ["no reservation", template({ capacityOptionType: "RESERVED" }), "capacityReservations must"],
    ["a reservation of spot", template({ capacityReservations: {} }), "capacityReservations must"],
    [
      "types allowed and excluded",
      template({
        instanceRequirements: {
          ...ranges,
          allowedInstanceTypes: ["m5.*"],
          excludedInstanceTypes: ["t3.*"],
        },
      }),
      "allowedInstanceTypes or excludedInstanceTypes, and not both.",
    ],
    [
      "a range upside down",
      template({ instanceRequirements: { ...ranges, vCpuCount: { min: 4, max: 2 } } }),
      "instanceRequirements.vCpuCount must have a min of 0 or more, and no max below it.",
    ],
  ])("is refused with %s, and nothing is made", async (_, request, message) => {
    await expect(create(request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: expect.stringContaining(message) as string,
    });
    expect(await plane.store.capacityProviders.find("managed")).toBeUndefined();
    expect(await providersOfCluster()).toEqual([]);
  });

  test("is refused for a cluster that is not there, or is full", async () => {
    await expect(create({ cluster: "absent" })).rejects.toMatchObject({
      code: "ClusterNotFoundException",
    });
    for (let each = 0; each < 20; each += 1) await create({ name: `managed-${each}` });
    await expect(create()).rejects.toMatchObject({ code: "InvalidParameterException" });
    expect(await plane.store.capacityProviders.find("managed")).toBeUndefined();
  });

  test("is its cluster's alone, which keeps it whatever others it is given", async () => {
    await create();
    await createProvider(plane, "steady");
    await put(["steady"], "managed");
    expect(await providersOfCluster()).toEqual(["steady", "managed"]);
    const refusal = {
      code: "InvalidParameterException",
      message: expect.stringContaining("Cannot associate Managed Instances") as string,
    };
    await expect(put(["managed"])).rejects.toMatchObject(refusal);
    const other = { clusterName: "other", capacityProviders: ["managed"] };
    await expect(createCluster(plane, other)).rejects.toMatchObject(refusal);
  });

  test("shares no strategy with other kinds", async () => {
    await create();
    await createProvider(plane, "steady");
    await expect(put(["steady"], "steady", "managed")).rejects.toMatchObject({
      message: expect.stringContaining("cannot contain both Managed Instances") as string,
    });
  });

  test("keeps what an update leaves out", async () => {
    await create(template({ capacityOptionType: "SPOT", monitoring: "BASIC" }));
    const { capacityProvider } = await updateCapacityProvider(plane, {
      name: "managed",
      cluster: "default",
      managedInstancesProvider: {
        infrastructureRoleArn: "arn:aws:iam::123456789012:role/other",
        instanceLaunchTemplate: { monitoring: "DETAILED" },
      },
    });
    expect(capacityProvider).toMatchObject({
      updateStatus: "UPDATE_COMPLETE",
      managedInstancesProvider: {
        infrastructureRoleArn: "arn:aws:iam::123456789012:role/other",
        instanceLaunchTemplate: {
          ...MANAGED.instanceLaunchTemplate,
          capacityOptionType: "SPOT",
          monitoring: "DETAILED",
        },
      },
    });
  });

  const UPDATE = {
    name: "managed",
    managedInstancesProvider: { ...MANAGED, instanceLaunchTemplate: {} },
  };

  test.each<readonly [string, Partial<EcsRequest<"UpdateCapacityProvider">>, string]>([
    ["in another cluster", { cluster: "other" }, "was not found"],
    [
      "as that of a group",
      { managedInstancesProvider: undefined, autoScalingGroupProvider: {} },
      "Of managed only managedInstancesProvider can be changed.",
    ],
    [
      "to what it could not be made with",
      {
        managedInstancesProvider: {
          ...MANAGED,
          instanceLaunchTemplate: { networkConfiguration: { subnets: [] } },
        },
      },
      "subnets must have 1 to 16 items.",
    ],
  ])("is not changed %s", async (_, request, message) => {
    await create();
    const before = await plane.store.capacityProviders.find("managed");
    await expect(updateCapacityProvider(plane, { ...UPDATE, ...request })).rejects.toThrow(message);
    expect(await plane.store.capacityProviders.find("managed")).toEqual(before);
  });

  test("leaves its cluster once nobody launches by it", async () => {
    await create();
    const strategy = { capacityProviderStrategy: [{ capacityProvider: "managed", weight: 1 }] };
    const service = { serviceName: "web", taskDefinition: "web", desiredCount: 1 };
    await createService(plane, { ...service, ...strategy });
    const remove = () => deleteCapacityProvider(plane, { capacityProvider: "managed" });
    await expect(remove()).rejects.toMatchObject({ code: "ClientException" });
    await expect(deleteCluster(plane, { cluster: "default" })).rejects.toMatchObject({
      code: "ClusterContainsCapacityProviderException",
    });
    await deleteService(plane, { service: "web", force: true });
    await handleWake(plane, { kind: "service", cluster: "default", service: "web" });
    await put([], "managed");
    await expect(remove()).rejects.toMatchObject({ code: "ClientException" });
    await put([]);
    await remove();
    expect(await providersOfCluster()).toEqual([]);
  });

  test("has the instances that say they are its own", async () => {
    await create();
    const run = async () => {
      const capacityProviderStrategy = [{ capacityProvider: "managed" }];
      return runTask(plane, { taskDefinition: "web", capacityProviderStrategy });
    };
    expect((await run()).failures).toMatchObject([{ reason: "EMPTY CAPACITY PROVIDER" }]);
    const value = "berth.managed-instances/managed";
    const attributes = [{ name: AUTO_SCALING_GROUP, value }];
    const id = instanceId(2);
    await plane.store.instances.create(anInstance({ id, attributes }), aLedger({ id }));
    expect((await run()).tasks).toMatchObject([{ capacityProviderName: "managed" }]);
  });
});
