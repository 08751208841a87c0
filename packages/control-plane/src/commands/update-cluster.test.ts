import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { beforeEach, describe, expect, test } from "vitest";
import { createCluster } from "./create-cluster.ts";
import { deleteCluster } from "./delete-cluster.ts";
import { updateClusterSettings } from "./update-cluster-settings.ts";
import { updateCluster } from "./update-cluster.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012:cluster/live";
const configuration = { executeCommandConfiguration: { logging: "NONE" as const } };
const insights = (value: string) => [{ name: "containerInsights" as const, value }];

let plane: TestControlPlane;
beforeEach(async () => {
  plane = aControlPlane();
  await createCluster(plane, {
    clusterName: "live",
    tags: [{ key: "team", value: "a" }],
    configuration,
    serviceConnectDefaults: { namespace: "internal" },
  });
});

test("UpdateClusterSettings changes the setting and nothing else", async () => {
  const { cluster } = await updateClusterSettings(plane, {
    cluster: ARN,
    settings: insights("enhanced"),
  });
  expect(cluster).toMatchObject({
    clusterArn: ARN,
    status: "ACTIVE",
    settings: insights("enhanced"),
    tags: [{ key: "team", value: "a" }],
    configuration,
    serviceConnectDefaults: { namespace: "internal" },
  });
  const again = await updateClusterSettings(plane, { cluster: "live", settings: [] });
  expect(again.cluster?.settings).toEqual(insights("enhanced"));
});

describe("UpdateCluster", () => {
  test("leaves what is not given", async () => {
    const before = await plane.store.clusters.find("live");
    const { cluster } = await updateCluster(plane, { cluster: "live" });
    expect(cluster).toMatchObject({ configuration, settings: insights("disabled") });
    expect(await plane.store.clusters.find("live")).toEqual(before);
  });

  test("replaces the configuration as a whole", async () => {
    const logConfiguration = { cloudWatchLogGroupName: "exec" };
    const wanted = {
      executeCommandConfiguration: { logging: "OVERRIDE" as const, logConfiguration },
    };
    const { cluster } = await updateCluster(plane, {
      cluster: "live",
      settings: insights("enabled"),
      configuration: wanted,
      serviceConnectDefaults: { namespace: "other" },
    });
    expect(cluster).toMatchObject({
      configuration: wanted,
      settings: insights("enabled"),
      serviceConnectDefaults: { namespace: "other" },
    });
  });

  test("takes the namespace away where the empty one is given", async () => {
    const { cluster } = await updateCluster(plane, {
      cluster: "live",
      serviceConnectDefaults: { namespace: "" },
    });
    expect(cluster).not.toHaveProperty("serviceConnectDefaults");
    expect(cluster).toMatchObject({ configuration });
  });

  test("and another change at the same time are both there afterwards", async () => {
    await Promise.all([
      updateCluster(plane, { cluster: "live", serviceConnectDefaults: { namespace: "other" } }),
      updateClusterSettings(plane, { cluster: "live", settings: insights("enhanced") }),
    ]);
    expect(await plane.store.clusters.find("live")).toMatchObject({
      settings: insights("enhanced"),
      serviceConnectDefaults: { namespace: "other" },
    });
  });
});

describe.each([
  ["UpdateCluster", updateCluster],
  ["UpdateClusterSettings", updateClusterSettings],
])("%s refuses", (_, update) => {
  test.each([
    {
      settings: insights("on"),
      message: "containerInsights should be one of [enabled,disabled,enhanced]",
    },
    { settings: [{ value: "enabled" }], message: "settings must have a name each." },
    {
      settings: [...insights("enabled"), ...insights("disabled")],
      message: "settings must have each name once.",
    },
  ])("$message", async ({ settings, message }) => {
    const before = await plane.store.clusters.find("live");
    await expect(update(plane, { cluster: "live", settings })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
    expect(await plane.store.clusters.find("live")).toEqual(before);
  });

  test("a cluster that is not there, or not any more", async () => {
    await deleteCluster(plane, { cluster: "live" });
    for (const cluster of ["live", "never"]) {
      await expect(update(plane, { cluster, settings: insights("enabled") })).rejects.toMatchObject(
        {
          code: "ClusterNotFoundException",
          message: "Cluster not found.",
        },
      );
    }
  });
});

test("UpdateCluster checks the configuration as CreateCluster does", async () => {
  const request = {
    cluster: "live",
    configuration: { executeCommandConfiguration: { logging: "OVERRIDE" as const } },
  };
  await expect(updateCluster(plane, request)).rejects.toThrow(
    "A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration",
  );
});
