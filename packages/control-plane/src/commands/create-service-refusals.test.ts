import { describe, expect, test } from "vitest";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aTaskDefinition } from "@berth/testing/builders";
import { aPlaneWithCluster, aServiceRequest } from "@berth/testing/command-set-up";
import { createService } from "./create-service.ts";

type Request = EcsRequest<"CreateService">;

const definitions = [
  aTaskDefinition(),
  aTaskDefinition({ family: "old", status: "INACTIVE" }),
  aTaskDefinition({ family: "vpc", networkMode: "awsvpc" }),
];

const withThreshold = (thresholdConfiguration: {
  readonly type: "COUNT" | "UNBOUNDED_PERCENT";
  readonly value: number;
}): Partial<Request> => ({
  deploymentConfiguration: {
    deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration },
  },
});

describe("CreateService refuses", () => {
  const INVALID = "InvalidParameterException";
  const LATER = "UnsupportedFeatureException";

  test.each<{ name: string; changes: Partial<Request>; code: string; message: string }>([
    {
      name: "an unknown cluster",
      changes: { cluster: "x" },
      code: "ClusterNotFoundException",
      message: "Cluster not found.",
    },
    {
      name: "an unknown definition",
      changes: { taskDefinition: "x" },
      code: "ClientException",
      message: "TaskDefinition not found.",
    },
    {
      name: "an inactive definition",
      changes: { taskDefinition: "old:1" },
      code: "ClientException",
      message: "TaskDefinition is inactive",
    },
    {
      name: "a role without load balancers",
      changes: { role: "r" },
      code: INVALID,
      message: "IAM roles are only valid for services configured to use load balancers",
    },
    {
      name: "a threshold of nothing",
      changes: withThreshold({ type: "COUNT", value: 0 }),
      code: INVALID,
      message: "thresholdConfiguration value must be at least 1",
    },
    {
      name: "a threshold beyond all tasks",
      changes: withThreshold({ type: "UNBOUNDED_PERCENT", value: 101 }),
      code: INVALID,
      message: "thresholdConfiguration value must be at most 100 for type UNBOUNDED_PERCENT",
    },
    {
      name: "percentages that block",
      changes: { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 } },
      code: INVALID,
      message:
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments",
    },
    {
      name: "a minimum above 100",
      changes: { deploymentConfiguration: { minimumHealthyPercent: 101 } },
      code: INVALID,
      message: "minimumHealthyPercent must be at most 100",
    },
    {
      name: "a negative count",
      changes: { desiredCount: -1 },
      code: INVALID,
      message: "desiredCount must be between 0 and 5000.",
    },
    {
      name: "awsvpc without a network",
      changes: { taskDefinition: "vpc" },
      code: INVALID,
      message: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    },
    {
      name: "a constraint that cannot be read",
      changes: { placementConstraints: [{ type: "memberOf", expression: "((" }] },
      code: INVALID,
      message: expect.stringContaining("Invalid placement constraint expression"),
    },
    {
      name: "load balancers",
      changes: { loadBalancers: [{ targetGroupArn: "a", containerName: "main" }] },
      code: LATER,
      message: "Berth does not have this yet: load balancers.",
    },
    {
      name: "service registries",
      changes: { serviceRegistries: [{ registryArn: "a" }] },
      code: LATER,
      message: "Berth does not have this yet: service registries.",
    },
    {
      name: "Service Connect",
      changes: { serviceConnectConfiguration: { enabled: true } },
      code: LATER,
      message: "Berth does not have this yet: Service Connect.",
    },
    {
      name: "a daemon with a count",
      changes: { schedulingStrategy: "DAEMON" },
      code: INVALID,
      message:
        "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again",
    },
    {
      name: "other controllers",
      changes: { deploymentController: { type: "CODE_DEPLOY" } },
      code: LATER,
      message: "Berth does not have this yet: deployment controller CODE_DEPLOY.",
    },
    {
      name: "other strategies",
      changes: { deploymentConfiguration: { strategy: "BLUE_GREEN" } },
      code: LATER,
      message: "Berth does not have this yet: deployment strategy BLUE_GREEN.",
    },
    {
      name: "rebalancing without room for it",
      changes: {
        availabilityZoneRebalancing: "ENABLED",
        deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 50 },
      },
      code: INVALID,
      message: "Availability Zone rebalancing does not support a maximumPercent of 100.",
    },
    {
      name: "rebalancing against a constraint",
      changes: {
        availabilityZoneRebalancing: "ENABLED",
        placementConstraints: [
          { type: "memberOf", expression: "attribute:ecs.availability-zone == a" },
        ],
      },
      code: INVALID,
      message:
        "Availability Zone rebalancing does not support placement constraints on the Availability Zone.",
    },
  ])("$name, and writes nothing", async ({ changes, code, message }) => {
    const controlPlane = await aPlaneWithCluster({ definitions });
    await expect(createService(controlPlane, aServiceRequest(changes))).rejects.toMatchObject({
      code,
      message,
    });
    expect(await controlPlane.store.services.find("default", "web")).toBeUndefined();
    expect(controlPlane.wakes).toEqual([]);
  });

  test("a service without count", async () => {
    const { desiredCount: _, ...request } = aServiceRequest();
    await expect(
      createService(await aPlaneWithCluster({ definitions }), request),
    ).rejects.toMatchObject({ code: INVALID });
  });
});
