import { describe, expect, test } from "vitest";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aTaskDefinition } from "@berth/testing/builders";
import { aPlaneWithCluster, liveTasksOf, runWeb } from "@berth/testing/command-set-up";

type Request = EcsRequest<"RunTask">;
describe("RunTask refuses", () => {
  const INVALID = "InvalidParameterException";
  const definitions = [
    aTaskDefinition(),
    aTaskDefinition({ family: "old", status: "INACTIVE" }),
    aTaskDefinition({ family: "vpc", networkMode: "awsvpc" }),
    aTaskDefinition({
      family: "tagged",
      tags: [
        { key: "a", value: "" },
        { key: "b", value: "" },
      ],
    }),
    aTaskDefinition({ family: "fargate", networkMode: "awsvpc", compatibilities: ["FARGATE"] }),
  ];
  const gpus = (type: "GPU" | "InferenceAccelerator", value: string): Partial<Request> => ({
    overrides: {
      containerOverrides: [{ name: "main", resourceRequirements: [{ type, value }] }],
    },
  });
  const withFiles = (count: number, value: string) => ({
    name: "main",
    environmentFiles: Array.from({ length: count }, () => ({ type: "s3" as const, value })),
  });
  const network = { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } };

  test.each<{ name: string; request: Partial<Request>; code: string; message: string }>([
    {
      name: "an unknown cluster",
      request: { cluster: "other" },
      code: "ClusterNotFoundException",
      message: "Cluster not found.",
    },
    {
      name: "an unknown definition",
      request: { taskDefinition: "nothing" },
      code: "ClientException",
      message: "TaskDefinition not found.",
    },
    {
      name: "an inactive definition",
      request: { taskDefinition: "old:1" },
      code: "ClientException",
      message: "TaskDefinition is inactive",
    },
    {
      name: "too many at once",
      request: { count: 11 },
      code: INVALID,
      message: "count should be between 1 and 10.",
    },
    {
      name: "an override of a container that is not there",
      request: { overrides: { containerOverrides: [{ name: "x" }] } },
      code: INVALID,
      message: "Override for container named x is not a container in the TaskDefinition.",
    },
    {
      name: "an override of less memory than a container can have",
      request: { overrides: { containerOverrides: [{ name: "main", memory: 1 }] } },
      code: INVALID,
      message: "Invalid setting for container 'main'. 'memory' must be at least 6.",
    },
    {
      name: "an override of cpu below none",
      request: { overrides: { containerOverrides: [{ name: "main", cpu: -1 }] } },
      code: INVALID,
      message: "Invalid setting for container 'main'. 'cpu' must not be negative.",
    },
    {
      name: "an override of no GPU",
      request: gpus("GPU", "0"),
      code: INVALID,
      message:
        "Invalid setting for container 'main'. 'resourceRequirements' of type GPU must have a whole number of at least 1 as value.",
    },
    {
      name: "an override of another resource",
      request: gpus("InferenceAccelerator", "device1"),
      code: INVALID,
      message: "resourceRequirements of a container override must be of type GPU.",
    },
    {
      name: "an override by a file that is in no S3",
      request: { overrides: { containerOverrides: [withFiles(1, "https://b/k.env")] } },
      code: INVALID,
      message: "Invalid arn syntax",
    },
    {
      name: "an override by a file of another form",
      request: { overrides: { containerOverrides: [withFiles(1, "arn:aws:s3:::b/k.txt")] } },
      code: INVALID,
      message: "Environment files must have the extension .env",
    },
    {
      name: "an override by too many files",
      request: { overrides: { containerOverrides: [withFiles(11, "arn:aws:s3:::b/k.env")] } },
      code: INVALID,
      message:
        "The maximum number of environment files was exceeded. Specify ten or less and try again",
    },
    {
      name: "an override of inference accelerators, which ECS no longer has",
      request: { overrides: { inferenceAcceleratorOverrides: [{ deviceName: "d" }] } },
      code: INVALID,
      message: "Unsupported field 'inferenceAcceleratorOverrides'",
    },
    {
      name: "an override of ephemeral storage that is too little",
      request: { overrides: { ephemeralStorage: { sizeInGiB: 20 } } },
      code: INVALID,
      message: "EphemeralStorage size should be at least 21",
    },
    {
      name: "an override of ephemeral storage on an instance",
      request: { overrides: { ephemeralStorage: { sizeInGiB: 21 } } },
      code: INVALID,
      message: "The ephemeralStorage override is for tasks of launch type FARGATE only.",
    },
    {
      name: "a task role by override that is none",
      request: { overrides: { taskRoleArn: "arn:aws:iam::123456789012:user/app" } },
      code: "ClientException",
      message: "Invalid arn syntax",
    },
    {
      name: "the group of a service",
      request: { group: "service:web" },
      code: INVALID,
      message: "Invalid namespace for group.",
    },
    {
      name: "a startedBy that is too long",
      request: { startedBy: "x".repeat(129) },
      code: INVALID,
      message: "startedBy longer than 128.",
    },
    {
      name: "launch type FARGATE for what cannot run there",
      request: { launchType: "FARGATE" },
      code: INVALID,
      message: "Task definition does not support launch_type FARGATE.",
    },
    {
      name: "launch type FARGATE",
      request: { taskDefinition: "fargate", launchType: "FARGATE", ...network },
      code: "UnsupportedFeatureException",
      message: "Berth does not have this yet: launch type FARGATE.",
    },
    {
      name: "a launch type beside a capacity provider strategy",
      request: { launchType: "EC2", capacityProviderStrategy: [{ capacityProvider: "x" }] },
      code: INVALID,
      message: "Specifying both a launch type and capacity provider strategy is not supported",
    },
    {
      name: "a capacity provider that the cluster does not have",
      request: { capacityProviderStrategy: [{ capacityProvider: "x" }] },
      code: INVALID,
      message:
        "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster",
    },
    {
      name: "awsvpc without a network",
      request: { taskDefinition: "vpc" },
      code: INVALID,
      message: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    },
    {
      name: "awsvpc without a subnet",
      request: {
        taskDefinition: "vpc",
        networkConfiguration: { awsvpcConfiguration: { subnets: [] } },
      },
      code: INVALID,
      message: "subnets can not be empty.",
    },
    {
      name: "a network for another mode",
      request: network,
      code: INVALID,
      message:
        "Network Configuration is not valid for the given networkMode of this task definition.",
    },
    {
      name: "a platform version",
      request: { platformVersion: "LATEST" },
      code: INVALID,
      message: "The platform version must be null when specifying an EC2 launch type",
    },
    {
      name: "a volume that is not in the definition",
      request: { volumeConfigurations: [{ name: "data" }] },
      code: INVALID,
      message:
        "The volume name 'data' in your request does not have a matching volume in your Task Definition",
    },
    {
      name: "distinctInstance with an expression",
      request: { placementConstraints: [{ type: "distinctInstance", expression: "x" }] },
      code: INVALID,
      message: "distinctInstance expression should not be specified",
    },
    {
      name: "random with a field",
      request: { placementStrategy: [{ type: "random", field: "cpu" }] },
      code: INVALID,
      message: "random field should not be specified.",
    },
    {
      name: "binpack on what is no resource",
      request: { placementStrategy: [{ type: "binpack", field: "disk" }] },
      code: INVALID,
      message: "binpack field 'disk' is invalid",
    },
    {
      name: "spread over an attribute with a longer name than attributes have",
      request: { placementStrategy: [{ type: "spread", field: `attribute:${"a".repeat(129)}` }] },
      code: INVALID,
      message: `spread field 'attribute:${"a".repeat(129)}' is invalid`,
    },
    {
      name: "more tags than fit, of its own and of its definition",
      request: {
        taskDefinition: "tagged",
        propagateTags: "TASK_DEFINITION",
        tags: Array.from({ length: 49 }, (_, index) => ({ key: `own${index}` })),
      },
      code: INVALID,
      message: "A resource can have at most 50 tags.",
    },
    {
      name: "six strategies",
      request: { placementStrategy: Array.from({ length: 6 }, () => ({ type: "random" })) },
      code: INVALID,
      message: "Maximum number of strategies is 5",
    },
  ])("$name", async ({ request, code, message }) => {
    const controlPlane = await aPlaneWithCluster({ definitions });
    await expect(runWeb(controlPlane, request)).rejects.toMatchObject({ code, message });
    expect(await liveTasksOf(controlPlane)).toEqual([]);
  });

  test.each([
    { name: "without instances", setting: { instanceCount: 0 } },
    { name: "whose instances all drain", setting: { ledger: { status: "DRAINING" } } },
  ] as const)("a cluster $name", async ({ setting }) => {
    await expect(runWeb(await aPlaneWithCluster(setting))).rejects.toMatchObject({
      code: INVALID,
      message: "No Container Instances were found in your cluster.",
    });
  });
});
