import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import { instanceId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { beforeEach, describe, expect, test } from "vitest";
import { createCapacityProvider } from "./create-capacity-provider.ts";
import { createService } from "./create-service.ts";
import { deleteCapacityProvider } from "./delete-capacity-provider.ts";
import { describeClusters } from "./describe-clusters.ts";
import { describeContainerInstances } from "./describe-container-instances.ts";
import { putClusterCapacityProviders } from "./put-cluster-capacity-providers.ts";
import { runTask } from "./run-task.ts";
import { stopTask } from "./stop-task.ts";
import { submitTaskStateChange } from "./submit-task-state-change.ts";

type Put = EcsRequest<"PutClusterCapacityProviders">;

let plane: TestControlPlane;

/** Three instances, the first two of groups of their own. */
beforeEach(async () => {
  plane = aControlPlane();
  const attributes = [{ name: AUTO_SCALING_GROUP, value: "spot-group" }];
  await setUpCluster(plane, { instanceCount: 1, instance: { attributes } });
  for (const name of ["spot", "steady"]) {
    await createCapacityProvider(plane, {
      name,
      autoScalingGroupProvider: { autoScalingGroupArn: `${name}-group` },
    });
  }
});

const put = async (capacityProviders: string[], more: Partial<Put> = {}) =>
  putClusterCapacityProviders(plane, {
    cluster: "default",
    capacityProviders,
    defaultCapacityProviderStrategy: [],
    ...more,
  });

const providersOf = async () =>
  (await describeClusters(plane, {})).clusters?.[0]?.capacityProviders;

describe("PutClusterCapacityProviders", () => {
  test("sets providers and default strategy, with weight and base 0 where nothing is said", async () => {
    const defaultCapacityProviderStrategy = [
      { capacityProvider: "steady", base: 1 },
      { capacityProvider: "spot", weight: 3 },
    ];
    const { cluster } = await put(["spot", "steady", "FARGATE"], {
      defaultCapacityProviderStrategy,
    });
    expect(cluster).toMatchObject({
      capacityProviders: ["spot", "steady", "FARGATE"],
      defaultCapacityProviderStrategy: [
        { capacityProvider: "steady", base: 1, weight: 0 },
        { capacityProvider: "spot", base: 0, weight: 3 },
      ],
    });
    expect((await describeClusters(plane, {})).clusters?.[0]).toMatchObject({
      capacityProviders: ["spot", "steady", "FARGATE"],
    });
  });

  test("takes a provider whose name every object of the language has", async () => {
    await createCapacityProvider(plane, {
      name: "constructor",
      autoScalingGroupProvider: { autoScalingGroupArn: "c-group" },
    });
    await put(["constructor"]);
    expect(await plane.store.clusters.find("default")).toMatchObject({
      autoScalingGroups: { constructor: "c-group" },
    });
  });

  test("takes away what is left out, which can then be deleted at once", async () => {
    await put(["spot", "steady"]);
    await put(["steady"]);
    expect(await providersOf()).toEqual(["steady"]);
    await deleteCapacityProvider(plane, { capacityProvider: "spot" });
    await expect(
      deleteCapacityProvider(plane, { capacityProvider: "steady" }),
    ).rejects.toMatchObject({ code: "ClientException" });
  });

  test("makes an instance the provider's from whose group it came", async () => {
    const nameOf = async () => {
      const { containerInstances = [] } = await describeContainerInstances(plane, {
        containerInstances: [instanceId(1)],
      });
      return containerInstances[0]?.capacityProviderName;
    };
    expect(await nameOf()).toBeUndefined();
    await put(["steady", "spot"]);
    expect(await nameOf()).toBe("spot");
    await put(["steady"]);
    expect(await nameOf()).toBeUndefined();
  });

  const item = (capacityProvider: string, more = {}) => ({ capacityProvider, ...more });

  test.each<readonly [string, Partial<Put>, string]>([
    [
      "one that is not there",
      { capacityProviders: ["absent"] },
      "The specified capacity provider does not exist. Specify a valid name or ARN and try again.",
    ],
    [
      "one twice",
      { capacityProviders: ["spot", "spot"] },
      "capacityProviders must name each capacity provider once.",
    ],
    [
      "more than 20",
      { capacityProviders: Array<string>(21).fill("spot") },
      "capacityProviders can have at most 20 items.",
    ],
    [
      "a strategy with one that the cluster is not to have",
      { defaultCapacityProviderStrategy: [item("steady")] },
      "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster",
    ],
    [
      "two bases",
      {
        capacityProviders: ["spot", "steady"],
        defaultCapacityProviderStrategy: [item("spot", { base: 1 }), item("steady", { base: 1 })],
      },
      "The specified capacity provider strategy contains multiple capacity providers with a base value defined",
    ],
    [
      "a weight of 1,001",
      { defaultCapacityProviderStrategy: [item("spot", { weight: 1_001 })] },
      "defaultCapacityProviderStrategy weight must be between 0 and 1000.",
    ],
    [
      "a base of 100,001",
      { defaultCapacityProviderStrategy: [item("spot", { base: 100_001 })] },
      "defaultCapacityProviderStrategy base must be between 0 and 100000.",
    ],
    [
      "one twice in a strategy",
      { defaultCapacityProviderStrategy: [item("spot"), item("spot")] },
      "defaultCapacityProviderStrategy must name each capacity provider once.",
    ],
    [
      "Fargate beside instances in a strategy",
      {
        capacityProviders: ["spot", "FARGATE"],
        defaultCapacityProviderStrategy: [item("spot"), item("FARGATE")],
      },
      "The specified capacity provider strategy cannot contain both Fargate and Auto Scaling group capacity providers.",
    ],
  ])("refuses %s, and changes nothing", async (_, request, message) => {
    await put(["steady"]);
    await expect(put(["spot"], request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
    expect(await providersOf()).toEqual(["steady"]);
  });

  test("claims none of them where one is not there", async () => {
    await expect(put(["spot", "absent"])).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
    expect(await plane.store.capacityProviders.find("spot")).toMatchObject({ clusters: {} });
  });

  test("refuses a cluster that is not there", async () => {
    await expect(put([], { cluster: "absent" })).rejects.toMatchObject({
      code: "ClusterNotFoundException",
    });
  });

  test("refuses to take one away by which a service starts its tasks", async () => {
    await put(["spot", "steady"]);
    await createService(plane, {
      serviceName: "web",
      taskDefinition: "web",
      desiredCount: 1,
      capacityProviderStrategy: [{ capacityProvider: "steady" }],
    });
    await put(["steady"]);
    await expect(put([])).rejects.toMatchObject({
      code: "ResourceInUseException",
      message: "The specified capacity provider is in use and cannot be removed.",
    });
    expect(await providersOf()).toEqual(["steady"]);
  });

  test("refuses to take one away that a task is of, as long as it lives", async () => {
    await put(["spot"]);
    const { tasks = [] } = await runTask(plane, {
      taskDefinition: "web",
      capacityProviderStrategy: [{ capacityProvider: "spot" }],
    });
    const task = tasks[0]?.taskArn;
    await expect(put([])).rejects.toMatchObject({ code: "ResourceInUseException" });
    await stopTask(plane, { task });
    await submitTaskStateChange(plane, { task, status: "STOPPED", containers: [] });
    await put([]);
    expect(await providersOf()).toEqual([]);
  });

  test("loses no one else's change of the cluster", async () => {
    await Promise.all([put(["spot"]), put(["steady"]), put(["spot", "steady"])]);
    const [only] = (await providersOf()) ?? [];
    const cluster = await plane.store.clusters.find("default");
    expect(Object.keys(cluster?.autoScalingGroups ?? {})).toContain(only);
  });
});
