import { aDemand, anInstance, aLedger, aService, aTask, instanceId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { describe, expect, test } from "vitest";
import { createCluster } from "./create-cluster.ts";
import { deleteCluster } from "./delete-cluster.ts";
import { describeClusters } from "./describe-clusters.ts";
import { listClusters } from "./list-clusters.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012:cluster/";

describe("CreateCluster", () => {
  test("makes `default` where no name is given, with ECS's own defaults", async () => {
    const { cluster } = await createCluster(aControlPlane(), {});
    expect(cluster).toEqual({
      clusterArn: `${ARN}default`,
      clusterName: "default",
      status: "ACTIVE",
      registeredContainerInstancesCount: 0,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      activeServicesCount: 0,
      statistics: [],
      tags: [],
      settings: [{ name: "containerInsights", value: "disabled" }],
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    });
  });

  test("gives the existing cluster back as it is", async () => {
    const plane = aControlPlane();
    await createCluster(plane, { clusterName: "live", tags: [{ key: "team", value: "a" }] });
    const again = await createCluster(plane, { clusterName: "live", tags: [] });
    expect(again.cluster?.tags).toEqual([{ key: "team", value: "a" }]);
  });

  test("begins a deleted cluster anew", async () => {
    const plane = aControlPlane();
    await createCluster(plane, { clusterName: "live", tags: [{ key: "team", value: "a" }] });
    await deleteCluster(plane, { cluster: "live" });
    const { cluster } = await createCluster(plane, { clusterName: "live" });
    expect(cluster).toMatchObject({ status: "ACTIVE", tags: [] });
  });

  test("keeps its configuration for whoever asks", async () => {
    const plane = aControlPlane();
    const configuration = { executeCommandConfiguration: { logging: "NONE" as const } };
    await createCluster(plane, { configuration });
    const described = await describeClusters(plane, { include: ["CONFIGURATIONS"] });
    expect(described.clusters?.[0]?.configuration).toEqual(configuration);
    const plain = await describeClusters(plane, {});
    expect(plain.clusters?.[0]?.configuration).toBeUndefined();
  });

  const logging = (executeCommandConfiguration: object) => ({
    configuration: { executeCommandConfiguration },
  });

  test.each([
    {
      request: { settings: [{ name: "containerInsights" as const, value: "on" }] },
      message: "containerInsights should be one of [enabled,disabled,enhanced]",
    },
    {
      request: {
        settings: Array.from({ length: 50_000 }, () => ({
          name: "containerInsights" as const,
          value: "enabled",
        })),
      },
      message: "settings must have each name once.",
    },
    {
      request: { capacityProviders: Array(21).fill("FARGATE") },
      message: "capacityProviders can have at most 20 items.",
    },
    {
      request: {
        capacityProviders: ["FARGATE"],
        defaultCapacityProviderStrategy: Array.from({ length: 21 }, () => ({
          capacityProvider: "FARGATE",
        })),
      },
      message: "defaultCapacityProviderStrategy can have at most 20 items.",
    },
    {
      request: logging({ logging: "NONE", kmsKeyId: "k".repeat(8_192) }),
      message: "configuration must have at most 8192 characters.",
    },
    {
      request: { serviceConnectDefaults: { namespace: "n".repeat(1_025) } },
      message: "serviceConnectDefaults.namespace must have at most 1024 characters.",
    },
    {
      request: { capacityProviders: ["mine"] },
      message:
        "The specified capacity provider does not exist. Specify a valid name or ARN and try again.",
    },
    {
      request: {
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy: [
          { capacityProvider: "FARGATE", base: 1 },
          { capacityProvider: "FARGATE_SPOT", base: 1 },
        ],
      },
      message:
        "The specified capacity provider strategy contains multiple capacity providers with a base value defined",
    },
    {
      request: { defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE" }] },
      message:
        "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster",
    },
    {
      request: logging({ logging: "DEFAULT", logConfiguration: {} }),
      message: "You must set logging to 'OVERRIDE' when you supply a log configuration",
    },
    {
      request: logging({ logging: "OVERRIDE" }),
      message:
        "A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration",
    },
  ])("refuses: $message", async ({ request, message }) => {
    const plane = aControlPlane();
    await expect(createCluster(plane, request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
    expect((await listClusters(plane, {})).clusterArns).toEqual([]);
  });
});

describe("DescribeClusters", () => {
  test("counts what a cluster holds", async () => {
    const plane = await withWork();
    const { clusters } = await describeClusters(plane, {
      clusters: [`${ARN}live`],
      include: ["STATISTICS"],
    });
    expect(clusters?.[0]).toMatchObject({
      registeredContainerInstancesCount: 2,
      runningTasksCount: 1,
      pendingTasksCount: 1,
      activeServicesCount: 1,
    });
    const statistics = new Map(clusters?.[0]?.statistics?.map(({ name, value }) => [name, value]));
    expect(statistics.size).toBe(16);
    expect(statistics.get("runningEC2TasksCount")).toBe("1");
    expect(statistics.get("drainingEC2ServiceCount")).toBe("1");
  });

  test("tells apart what is there, what was and what never was", async () => {
    const plane = aControlPlane();
    await createCluster(plane, { clusterName: "old" });
    await deleteCluster(plane, { cluster: "old" });
    await createCluster(plane, {});
    const { clusters, failures } = await describeClusters(plane, {
      clusters: ["never", "old", "default", "old"],
    });
    expect(clusters?.map(({ clusterName, status }) => `${clusterName} ${status}`)).toEqual([
      "old INACTIVE",
      "default ACTIVE",
    ]);
    expect(failures).toEqual([{ arn: `${ARN}never`, reason: "MISSING" }]);
  });

  test("means `default` where nothing is named", async () => {
    const { failures } = await describeClusters(aControlPlane(), { clusters: [] });
    expect(failures).toEqual([{ arn: `${ARN}default`, reason: "MISSING" }]);
  });

  test("refuses more than a hundred", async () => {
    const clusters = Array.from({ length: 101 }, (_, index) => `c${index}`);
    await expect(describeClusters(aControlPlane(), { clusters })).rejects.toThrow(
      "clusters can have at most 100 items.",
    );
  });
});

test("ListClusters walks the ACTIVE ones page by page", async () => {
  const plane = aControlPlane();
  for (const clusterName of ["a", "b", "c", "gone"]) await createCluster(plane, { clusterName });
  await deleteCluster(plane, { cluster: "gone" });
  const first = await listClusters(plane, { maxResults: 2 });
  const second = await listClusters(plane, { maxResults: 2, nextToken: first.nextToken });
  expect([first.clusterArns, second.clusterArns]).toEqual([[`${ARN}a`, `${ARN}b`], [`${ARN}c`]]);
  expect(second.nextToken).toBeUndefined();
});

describe("DeleteCluster", () => {
  test("answers INACTIVE and frees the cluster from the list", async () => {
    const plane = aControlPlane();
    await createCluster(plane, { clusterName: "live" });
    const { cluster } = await deleteCluster(plane, { cluster: `${ARN}live` });
    expect(cluster).toMatchObject({ clusterName: "live", status: "INACTIVE" });
    await expect(deleteCluster(plane, { cluster: "live" })).rejects.toMatchObject({
      code: "ClusterNotFoundException",
      message: "Cluster not found.",
    });
  });

  test("refuses while instances, then services, then tasks are there", async () => {
    const plane = await withWork();
    const refusal = () => deleteCluster(plane, { cluster: "live" });
    await expect(refusal()).rejects.toMatchObject({
      code: "ClusterContainsContainerInstancesException",
      message: "The Cluster cannot be deleted while Container Instances are active or draining.",
    });
    for (const { ledger } of await plane.store.instances.all("live")) {
      await plane.store.instances.replaceLedger({ ...ledger, status: "INACTIVE" });
    }
    await expect(refusal()).rejects.toMatchObject({
      code: "ClusterContainsServicesException",
      message: "The Cluster cannot be deleted while Services are active.",
    });
    const service = await plane.store.services.find("live", "web");
    if (service) await plane.store.services.replace({ ...service, status: "DRAINING" });
    await expect(refusal()).rejects.toMatchObject({
      code: "ClusterContainsTasksException",
      message: "The Cluster cannot be deleted while Tasks are active.",
    });
  });
});

/** Two instances, a running and a pending task, one stopped long ago, an ACTIVE and a DRAINING service. */
async function withWork() {
  const plane = aControlPlane();
  await createCluster(plane, { clusterName: "live" });
  const running = aTask({ cluster: "live", lastStatus: "RUNNING", id: "1".repeat(32) });
  const pending = aTask({ cluster: "live", lastStatus: "PENDING", id: "2".repeat(32) });
  const stopped = aTask({ cluster: "live", lastStatus: "STOPPED", id: "3".repeat(32) });
  for (const task of [running, pending, stopped]) await plane.store.tasks.create(task);
  const held = { ...aDemand(), reservedAt: 0 };
  const reservations = { [running.id]: held, [pending.id]: held };
  for (const number of [1, 2]) {
    const own = { cluster: "live", id: instanceId(number) };
    await plane.store.instances.create(
      anInstance(own),
      aLedger({ ...own, reservations: number === 1 ? reservations : {} }),
    );
  }
  await plane.store.services.create(aService({ cluster: "live", name: "web" }));
  await plane.store.services.create(aService({ cluster: "live", name: "old", status: "DRAINING" }));
  return plane;
}
