import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { PROVIDER_ARN, createProvider, groupArn } from "@berth/testing/capacity-provider-set-up";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { createCluster } from "./create-cluster.ts";
import { deleteCapacityProvider } from "./delete-capacity-provider.ts";
import { deleteCluster } from "./delete-cluster.ts";
import { describeCapacityProviders } from "./describe-capacity-providers.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { putClusterCapacityProviders } from "./put-cluster-capacity-providers.ts";
import { tagResource } from "./tag-resource.ts";
import { updateCapacityProvider } from "./update-capacity-provider.ts";

const describeOf = async (
  plane: TestControlPlane,
  request: EcsRequest<"DescribeCapacityProviders"> = {},
) => describeCapacityProviders(plane, request);

const namesIn = ({ capacityProviders = [] }: Awaited<ReturnType<typeof describeOf>>) =>
  capacityProviders.map(({ name }) => name);

const associate = async (plane: TestControlPlane, capacityProviders: string[]) =>
  putClusterCapacityProviders(plane, {
    cluster: "default",
    capacityProviders,
    defaultCapacityProviderStrategy: [],
  });

describe("UpdateCapacityProvider", () => {
  test("changes what is given and leaves the rest", async () => {
    const plane = aControlPlane();
    await createProvider(plane, "spot");
    const scaling = { status: "ENABLED" as const, targetCapacity: 50 };
    await updateCapacityProvider(plane, {
      name: "spot",
      autoScalingGroupProvider: { managedScaling: scaling },
    });
    const { capacityProvider } = await updateCapacityProvider(plane, {
      name: "spot",
      autoScalingGroupProvider: { managedTerminationProtection: "ENABLED" },
    });
    expect(capacityProvider).toMatchObject({
      status: "ACTIVE",
      updateStatus: "UPDATE_COMPLETE",
      autoScalingGroupProvider: {
        autoScalingGroupArn: groupArn("spot"),
        managedScaling: { ...scaling, maximumScalingStepSize: 10_000 },
        managedTerminationProtection: "ENABLED",
      },
    });
  });

  test.each<readonly [string, Partial<EcsRequest<"UpdateCapacityProvider">>, string]>([
    ["one that is not there", { name: "absent" }, "ClientException"],
    ["one of Fargate's", { name: "FARGATE" }, "InvalidParameterException"],
    ["nothing to change", { autoScalingGroupProvider: undefined }, "InvalidParameterException"],
    ["a cluster", { cluster: "default" }, "InvalidParameterException"],
    [
      "a step that fits no more",
      { autoScalingGroupProvider: { managedScaling: { maximumScalingStepSize: 0 } } },
      "InvalidParameterException",
    ],
  ])("refuses %s, and changes nothing", async (_, request, code) => {
    const plane = aControlPlane();
    await createProvider(plane, "spot");
    const before = await plane.store.capacityProviders.find("spot");
    const update = { name: "spot", autoScalingGroupProvider: {}, ...request };
    await expect(updateCapacityProvider(plane, update)).rejects.toMatchObject({ code });
    expect(await plane.store.capacityProviders.find("spot")).toEqual(before);
  });
});

describe("DeleteCapacityProvider", () => {
  test("answers as under way, and leaves an INACTIVE one that is described by its name", async () => {
    const plane = aControlPlane();
    await createProvider(plane, "spot");
    const { capacityProvider } = await deleteCapacityProvider(plane, {
      capacityProvider: `${PROVIDER_ARN}spot`,
    });
    expect(capacityProvider).toMatchObject({
      status: "ACTIVE",
      updateStatus: "DELETE_IN_PROGRESS",
    });
    const { capacityProviders } = await describeOf(plane, { capacityProviders: ["spot"] });
    expect(capacityProviders).toMatchObject([
      { status: "INACTIVE", updateStatus: "DELETE_COMPLETE" },
    ]);
    expect(namesIn(await describeOf(plane))).not.toContain("spot");
    await expect(deleteCapacityProvider(plane, { capacityProvider: "spot" })).rejects.toMatchObject(
      { code: "ClientException" },
    );
  });

  test("frees the name and the group", async () => {
    const plane = aControlPlane();
    await createProvider(plane, "spot", { tags: [{ key: "team", value: "a" }] });
    await deleteCapacityProvider(plane, { capacityProvider: "spot" });
    const { capacityProvider } = await createProvider(plane, "spot");
    expect(capacityProvider).toMatchObject({ status: "ACTIVE", tags: [] });
    expect(capacityProvider).not.toHaveProperty("updateStatus");
  });

  test("is refused while a cluster has it, which is named", async () => {
    const plane = aControlPlane();
    await createProvider(plane, "spot");
    await createCluster(plane, { clusterName: "live", capacityProviders: ["spot"] });
    plane.advance(3_600_000);
    await expect(deleteCapacityProvider(plane, { capacityProvider: "spot" })).rejects.toMatchObject(
      {
        code: "ClientException",
        message:
          "The specified capacity provider is in use and cannot be removed. It is associated with the clusters: live.",
      },
    );
    await deleteCluster(plane, { cluster: "live" });
    await deleteCapacityProvider(plane, { capacityProvider: "spot" });
  });

  test("is refused while a cluster may be about to have it, and no longer", async () => {
    const plane = aControlPlane();
    await createProvider(plane, "spot");
    const provider = await plane.store.capacityProviders.find("spot");
    if (!provider) throw new Error("not found");
    // As one leaves it that dies before it writes its cluster.
    await plane.store.capacityProviders.replace({ ...provider, clusters: { late: plane.now() } });
    const remove = () => deleteCapacityProvider(plane, { capacityProvider: "spot" });
    await expect(remove()).rejects.toMatchObject({ code: "ClientException" });
    plane.advance(60_001);
    expect(await remove()).toBeDefined();
  });

  test("of one of Fargate's is refused", async () => {
    await expect(
      deleteCapacityProvider(aControlPlane(), { capacityProvider: "FARGATE_SPOT" }),
    ).rejects.toMatchObject({ code: "InvalidParameterException" });
  });
});

describe("DescribeCapacityProviders", () => {
  test("has Fargate's own, which nobody made", async () => {
    const { capacityProviders } = await describeOf(aControlPlane());
    expect(capacityProviders).toEqual(
      ["FARGATE", "FARGATE_SPOT"].map((name) => ({
        capacityProviderArn: `${PROVIDER_ARN}${name}`,
        name,
        status: "ACTIVE",
        type: name,
        tags: [],
      })),
    );
  });

  test("pages through all, one by one or ten by ten", async () => {
    const plane = aControlPlane();
    const made = Array.from({ length: 23 }, (_, index) => `p${String(index).padStart(2, "0")}`);
    for (const name of made) await createProvider(plane, name);
    for (const maxResults of [undefined, 1, 3]) {
      const names: (string | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const page = await describeOf(plane, { maxResults, nextToken });
        names.push(...namesIn(page));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      expect(names).toEqual(["FARGATE", "FARGATE_SPOT", ...made]);
    }
  });

  test("pages through those that are named, in that order, and tells which are missing", async () => {
    const plane = aControlPlane();
    await createProvider(plane, "b");
    await createProvider(plane, "a");
    const capacityProviders = ["b", "absent", `${PROVIDER_ARN}a`, "FARGATE", "b"];
    const first = await describeOf(plane, { capacityProviders, maxResults: 2 });
    expect(namesIn(first)).toEqual(["b"]);
    expect(first.failures).toEqual([{ arn: `${PROVIDER_ARN}absent`, reason: "MISSING" }]);
    const { nextToken } = first;
    const second = await describeOf(plane, { capacityProviders, maxResults: 2, nextToken });
    expect(namesIn(second)).toEqual(["a", "FARGATE"]);
    expect(second.nextToken).toBeUndefined();
  });

  test("of a cluster has those that it has", async () => {
    const plane = aControlPlane();
    await setUpCluster(plane);
    await createProvider(plane, "spot");
    await createProvider(plane, "other");
    await associate(plane, ["spot", "FARGATE"]);
    const cluster = "default";
    expect(namesIn(await describeOf(plane, { cluster }))).toEqual(["spot", "FARGATE"]);
    const named = await describeOf(plane, { cluster, capacityProviders: ["other", "spot"] });
    expect(namesIn(named)).toEqual(["spot"]);
  });

  test.each([
    { request: { maxResults: 11 }, message: "maxResults must be between 1 and 10." },
    { request: { nextToken: "x" }, message: "Invalid nextToken." },
    {
      request: { capacityProviders: Array<string>(101).fill("a") },
      message: "capacityProviders can have at most 100 items.",
    },
    {
      request: { capacityProviders: ["a b"] },
      message: "The specified capacity provider name is invalid.",
    },
  ])("refuses: $message", async ({ request, message }) => {
    await expect(describeOf(aControlPlane(), request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
  });

  test("refuses a cluster that is not there", async () => {
    await expect(describeOf(aControlPlane(), { cluster: "absent" })).rejects.toMatchObject({
      code: "ClusterNotFoundException",
    });
  });
});

describe("tags of a capacity provider", () => {
  test("are changed by its ARN, while it is ACTIVE", async () => {
    const plane = aControlPlane();
    await createProvider(plane, "spot", { tags: [{ key: "team", value: "a" }] });
    const resourceArn = `${PROVIDER_ARN}spot`;
    await tagResource(plane, { resourceArn, tags: [{ key: "stage", value: "live" }] });
    const { tags } = await listTagsForResource(plane, { resourceArn });
    expect(tags).toEqual([
      { key: "team", value: "a" },
      { key: "stage", value: "live" },
    ]);
    await deleteCapacityProvider(plane, { capacityProvider: "spot" });
    await expect(listTagsForResource(plane, { resourceArn })).rejects.toMatchObject({
      message:
        "The specified capacity provider is inactive. Specify an active capacity provider and try again.",
    });
  });

  test("are none of Fargate's", async () => {
    const resourceArn = `${PROVIDER_ARN}FARGATE`;
    await expect(
      tagResource(aControlPlane(), { resourceArn, tags: [{ key: "a", value: "b" }] }),
    ).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  });
});
