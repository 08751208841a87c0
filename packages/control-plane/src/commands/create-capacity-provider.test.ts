import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import {
  PROVIDER_ARN,
  MANAGED,
  createProvider,
  groupArn,
} from "@berth/testing/capacity-provider-set-up";
import { aControlPlane } from "@berth/testing/control-plane";
import { describe, expect, test } from "vitest";
import { describeCapacityProviders } from "./describe-capacity-providers.ts";

type Create = EcsRequest<"CreateCapacityProvider">;

describe("CreateCapacityProvider", () => {
  test("keeps the group, and fills in what ECS fills in", async () => {
    const { capacityProvider } = await createProvider(aControlPlane(), "spot");
    expect(capacityProvider).toEqual({
      capacityProviderArn: `${PROVIDER_ARN}spot`,
      name: "spot",
      status: "ACTIVE",
      type: "EC2_AUTOSCALING",
      autoScalingGroupProvider: {
        autoScalingGroupArn: groupArn("spot"),
        managedScaling: {
          status: "DISABLED",
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 10_000,
          instanceWarmupPeriod: 300,
        },
        managedTerminationProtection: "DISABLED",
        managedDraining: "ENABLED",
      },
      tags: [],
    });
  });

  test("keeps all settings that are given, and the tags", async () => {
    const plane = aControlPlane();
    const managedScaling = {
      status: "ENABLED" as const,
      targetCapacity: 80,
      minimumScalingStepSize: 2,
      maximumScalingStepSize: 20,
      instanceWarmupPeriod: 0,
    };
    const autoScalingGroupProvider = {
      autoScalingGroupArn: "a group by its name",
      managedScaling,
      managedTerminationProtection: "ENABLED" as const,
      managedDraining: "DISABLED" as const,
    };
    const tags = [{ key: "team", value: "a" }];
    await createProvider(plane, "spot", { autoScalingGroupProvider, tags });
    const plain = await describeCapacityProviders(plane, { capacityProviders: ["spot"] });
    expect(plain.capacityProviders).toMatchObject([{ autoScalingGroupProvider, tags: [] }]);
    const tagged = await describeCapacityProviders(plane, {
      capacityProviders: ["spot"],
      include: ["TAGS"],
    });
    expect(tagged.capacityProviders).toMatchObject([{ tags }]);
  });

  const group = (settings: Partial<NonNullable<Create["autoScalingGroupProvider"]>>) => ({
    autoScalingGroupProvider: { autoScalingGroupArn: groupArn("g"), ...settings },
  });
  const NAME = "The specified capacity provider name is invalid.";
  const GROUP = "The specified Auto Scaling group ARN is invalid";

  const EITHER = "Either autoScalingGroupProvider or managedInstancesProvider must be given";
  const MANAGED_GROUP = "berth.managed-instances/x";

  const refused: readonly (readonly [string, Partial<Create>, string])[] = [
    ["an empty name", { name: "" }, NAME],
    ["a name with a space", { name: "a b" }, NAME],
    ["a long name", { name: "a".repeat(256) }, NAME],
    ["a name that begins with aws", { name: "awsome" }, NAME],
    ["a name that begins with ecs", { name: "ECS-mine" }, NAME],
    ["a name that begins with fargate", { name: "FARGATE" }, NAME],
    ["neither kind", { autoScalingGroupProvider: undefined }, EITHER],
    ["both kinds", { managedInstancesProvider: MANAGED }, EITHER],
    ["the group of managed instances", group({ autoScalingGroupArn: MANAGED_GROUP }), GROUP],
    ["an ARN of something else", group({ autoScalingGroupArn: `${PROVIDER_ARN}x` }), GROUP],
    ["no name of a group", group({ autoScalingGroupArn: "" }), GROUP],
    ["a name that no attribute holds", group({ autoScalingGroupArn: "ä" }), GROUP],
    [
      "a target of 0",
      group({ managedScaling: { targetCapacity: 0 } }),
      "managedScaling.targetCapacity must be between 1 and 100.",
    ],
    [
      "a step of 10,001",
      group({ managedScaling: { maximumScalingStepSize: 10_001 } }),
      "managedScaling.maximumScalingStepSize must be between 1 and 10000.",
    ],
    [
      "a warm-up of -1",
      group({ managedScaling: { instanceWarmupPeriod: -1 } }),
      "managedScaling.instanceWarmupPeriod must be between 0 and 10000.",
    ],
    [
      "a smallest step above the largest",
      group({ managedScaling: { minimumScalingStepSize: 3, maximumScalingStepSize: 2 } }),
      "The minimum or maximum scaling step size value is invalid.",
    ],
    [
      "protection without scaling",
      group({ managedTerminationProtection: "ENABLED" }),
      "The managed termination protection setting for the capacity provider is invalid.",
    ],
    ["a cluster", { cluster: "default" }, "cluster is only for managed instances"],
    ["a tag of AWS's", { tags: [{ key: "aws:x", value: "" }] }, "Tag keys must not begin"],
  ];

  test.each(refused.map(([name, request, message]) => ({ name, request, message })))(
    "refuses $name, and makes nothing",
    async ({ request, message }) => {
      const plane = aControlPlane();
      await expect(createProvider(plane, "spot", request)).rejects.toMatchObject({
        code: "InvalidParameterException",
        message: expect.stringContaining(message) as string,
      });
      expect(
        (await describeCapacityProviders(plane, {})).capacityProviders?.map(({ name }) => name),
      ).toEqual(["FARGATE", "FARGATE_SPOT"]);
    },
  );

  test("refuses a name that is taken, and a group that is", async () => {
    const plane = aControlPlane();
    await createProvider(plane, "spot");
    await expect(createProvider(plane, "spot")).rejects.toMatchObject({
      code: "ClientException",
      message:
        "The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.",
    });
    const sameGroup = { autoScalingGroupProvider: { autoScalingGroupArn: "spot" } };
    await expect(createProvider(plane, "other", sameGroup)).rejects.toMatchObject({
      code: "ClientException",
      message:
        "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.",
    });
  });
});
