import type { EcsOperationName, EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aTaskDefinition } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { describe, expect, test } from "vitest";
import { operationAccess } from "./operation-access.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012";
const ID = "0123456789abcdef0123456789abcdef";
const cluster = "prod";

const access = <Name extends EcsOperationName>(operation: Name, request: EcsRequest<Name>) =>
  operationAccess(aControlPlane(), operation, request);

type Call = {
  [Name in EcsOperationName]: readonly [Name, EcsRequest<Name>, readonly string[], string?];
}[EcsOperationName];

const CALLS: readonly Call[] = [
  ["CreateCluster", { clusterName: cluster }, [`${ARN}:cluster/prod`], "prod"],
  ["CreateCluster", {}, [`${ARN}:cluster/default`], "default"],
  [
    "DescribeClusters",
    { clusters: ["a", `${ARN}:cluster/b`] },
    [`${ARN}:cluster/a`, `${ARN}:cluster/b`],
  ],
  ["DescribeClusters", {}, [`${ARN}:cluster/default`]],
  ["ListClusters", {}, []],
  ["DeleteCluster", { cluster }, [`${ARN}:cluster/prod`], "prod"],
  ["UpdateCluster", { cluster }, [`${ARN}:cluster/prod`], "prod"],
  [
    "UpdateClusterSettings",
    { cluster: `${ARN}:cluster/prod`, settings: [] },
    [`${ARN}:cluster/prod`],
    "prod",
  ],
  [
    "PutClusterCapacityProviders",
    { cluster, capacityProviders: [], defaultCapacityProviderStrategy: [] },
    [`${ARN}:cluster/prod`],
    "prod",
  ],
  ["CreateCapacityProvider", { name: "spot" }, [`${ARN}:capacity-provider/spot`]],
  ["UpdateCapacityProvider", { name: "spot" }, [`${ARN}:capacity-provider/spot`]],
  [
    "DeleteCapacityProvider",
    { capacityProvider: `${ARN}:capacity-provider/spot` },
    [`${ARN}:capacity-provider/spot`],
  ],
  [
    "DescribeCapacityProviders",
    { capacityProviders: ["spot", "FARGATE"] },
    [`${ARN}:capacity-provider/spot`, `${ARN}:capacity-provider/FARGATE`],
  ],
  ["DescribeCapacityProviders", {}, [`${ARN}:capacity-provider/*`]],
  ["DescribeCapacityProviders", { cluster }, [`${ARN}:capacity-provider/*`], "prod"],
  [
    "RegisterTaskDefinition",
    { family: "web", containerDefinitions: [] },
    [`${ARN}:task-definition/web:*`],
  ],
  ["DeregisterTaskDefinition", { taskDefinition: "web:3" }, [`${ARN}:task-definition/web:3`]],
  [
    "DeleteTaskDefinitions",
    { taskDefinitions: ["web:3", `${ARN}:task-definition/api:1`] },
    [`${ARN}:task-definition/web:3`, `${ARN}:task-definition/api:1`],
  ],
  [
    "DescribeTaskDefinition",
    { taskDefinition: `${ARN}:task-definition/web:3` },
    [`${ARN}:task-definition/web:3`],
  ],
  ["ListTaskDefinitions", { familyPrefix: "web" }, []],
  ["ListTaskDefinitionFamilies", {}, []],
  ["RegisterContainerInstance", { cluster }, [`${ARN}:cluster/prod`], "prod"],
  [
    "DeregisterContainerInstance",
    { cluster, containerInstance: ID },
    [`${ARN}:cluster/prod`],
    "prod",
  ],
  ["ListContainerInstances", { cluster }, [`${ARN}:cluster/prod`], "prod"],
  [
    "DescribeContainerInstances",
    { cluster, containerInstances: [ID] },
    [`${ARN}:container-instance/prod/${ID}`],
    "prod",
  ],
  [
    "UpdateContainerInstancesState",
    { cluster, containerInstances: [ID], status: "DRAINING" },
    [`${ARN}:container-instance/prod/${ID}`],
    "prod",
  ],
  [
    "UpdateContainerAgent",
    { cluster, containerInstance: ID },
    [`${ARN}:container-instance/prod/${ID}`],
    "prod",
  ],
  [
    "PutAttributes",
    { cluster, attributes: [{ name: "stack", targetId: ID }] },
    [`${ARN}:container-instance/prod/${ID}`],
    "prod",
  ],
  [
    "DeleteAttributes",
    {
      cluster,
      attributes: [{ name: "stack", targetId: `${ARN}:container-instance/prod/${ID}` }],
    },
    [`${ARN}:container-instance/prod/${ID}`],
    "prod",
  ],
  [
    "ListAttributes",
    { cluster, targetType: "container-instance" },
    [`${ARN}:cluster/prod`],
    "prod",
  ],
  ["DiscoverPollEndpoint", { cluster }, []],
  ["RunTask", { cluster, taskDefinition: "web:3" }, [`${ARN}:task-definition/web:3`], "prod"],
  [
    "StartTask",
    { cluster, taskDefinition: "web:3", containerInstances: [ID] },
    [`${ARN}:task-definition/web:3`],
    "prod",
  ],
  ["StopTask", { cluster, task: ID }, [`${ARN}:task/prod/${ID}`], "prod"],
  [
    "ExecuteCommand",
    { cluster, task: ID, command: "sh", interactive: true },
    [`${ARN}:task/prod/${ID}`],
    "prod",
  ],
  [
    "DescribeTasks",
    { cluster, tasks: [`${ARN}:task/prod/${ID}`] },
    [`${ARN}:task/prod/${ID}`],
    "prod",
  ],
  ["ListTasks", { cluster }, [], "prod"],
  [
    "ListTasks",
    { cluster, containerInstance: ID },
    [`${ARN}:container-instance/prod/${ID}`],
    "prod",
  ],
  ["CreateService", { cluster, serviceName: "web" }, [`${ARN}:service/prod/web`], "prod"],
  ["UpdateService", { service: "web" }, [`${ARN}:service/default/web`], "default"],
  [
    "DescribeServices",
    { cluster, services: ["web", "api"] },
    [`${ARN}:service/prod/web`, `${ARN}:service/prod/api`],
    "prod",
  ],
  ["ListServices", { cluster }, [], "prod"],
  ["ListServicesByNamespace", { namespace: "internal" }, []],
  ["DeleteService", { cluster, service: "web" }, [`${ARN}:service/prod/web`], "prod"],
  ["ListServiceDeployments", { cluster, service: "web" }, [`${ARN}:service/prod/web`], "prod"],
  [
    "DescribeServiceDeployments",
    {
      serviceDeploymentArns: [
        `${ARN}:service-deployment/prod/web/1`,
        `${ARN}:service-deployment/test/web/1`,
      ],
    },
    [`${ARN}:service-deployment/prod/web/1`, `${ARN}:service-deployment/test/web/1`],
  ],
  [
    "StopServiceDeployment",
    { serviceDeploymentArn: `${ARN}:service-deployment/prod/web/1` },
    [`${ARN}:service-deployment/prod/web/1`],
  ],
  [
    "ContinueServiceDeployment",
    { serviceDeploymentArn: `${ARN}:service-deployment/prod/web/1`, hookId: "hook" },
    [`${ARN}:service-deployment/prod/web/1`],
  ],
  [
    "DescribeServiceRevisions",
    { serviceRevisionArns: [`${ARN}:service-revision/prod/web/1`] },
    [`${ARN}:service-revision/prod/web/1`],
  ],
  [
    "CreateTaskSet",
    { cluster, service: "web", taskDefinition: "web:3" },
    [`${ARN}:task-set/prod/web/*`],
    "prod",
  ],
  [
    "UpdateTaskSet",
    { cluster, service: "web", taskSet: "ecs-svc/1", scale: { value: 50 } },
    [`${ARN}:task-set/prod/web/ecs-svc/1`],
    "prod",
  ],
  [
    "DeleteTaskSet",
    { cluster, service: "web", taskSet: `${ARN}:task-set/prod/web/ecs-svc/1` },
    [`${ARN}:task-set/prod/web/ecs-svc/1`],
    "prod",
  ],
  [
    "DescribeTaskSets",
    { cluster, service: "web", taskSets: ["ecs-svc/1", "ecs-svc/2"] },
    [`${ARN}:task-set/prod/web/ecs-svc/1`, `${ARN}:task-set/prod/web/ecs-svc/2`],
    "prod",
  ],
  ["DescribeTaskSets", { cluster, service: "web" }, [`${ARN}:task-set/prod/web/*`], "prod"],
  [
    "UpdateServicePrimaryTaskSet",
    { cluster, service: `${ARN}:service/prod/web`, primaryTaskSet: "ecs-svc/1" },
    [`${ARN}:task-set/prod/web/ecs-svc/1`],
    "prod",
  ],
  ["GetTaskProtection", { cluster, tasks: [ID] }, [`${ARN}:task/prod/${ID}`], "prod"],
  [
    "UpdateTaskProtection",
    { cluster, tasks: [ID], protectionEnabled: true },
    [`${ARN}:task/prod/${ID}`],
    "prod",
  ],
  [
    "TagResource",
    { resourceArn: `${ARN}:cluster/prod`, tags: [] },
    [`${ARN}:cluster/prod`],
    "prod",
  ],
  [
    "UntagResource",
    { resourceArn: `${ARN}:task-set/prod/web/ecs-svc/1`, tagKeys: [] },
    [`${ARN}:task-set/prod/web/ecs-svc/1`],
    "prod",
  ],
  [
    "ListTagsForResource",
    // The partition is not part of what a resource is.
    { resourceArn: `${ARN.replace(":aws:", ":aws-cn:")}:service/prod/web` },
    [`${ARN}:service/prod/web`],
    "prod",
  ],
  [
    "ListTagsForResource",
    { resourceArn: `${ARN}:container-instance/prod/${ID}` },
    [`${ARN}:container-instance/prod/${ID}`],
    "prod",
  ],
  [
    "ListTagsForResource",
    { resourceArn: `${ARN}:task/prod/${ID}` },
    [`${ARN}:task/prod/${ID}`],
    "prod",
  ],
  [
    "ListTagsForResource",
    { resourceArn: `${ARN}:task-definition/web:3` },
    [`${ARN}:task-definition/web:3`],
  ],
  ["PutAccountSetting", { name: "containerInsights", value: "enabled" }, []],
  ["PutAccountSettingDefault", { name: "containerInsights", value: "enabled" }, []],
  ["DeleteAccountSetting", { name: "containerInsights" }, []],
  ["ListAccountSettings", {}, []],
  [
    "SubmitTaskStateChange",
    { cluster: "x", task: `${ARN}:task/prod/${ID}` },
    [`${ARN}:cluster/prod`],
    "prod",
  ],
  ["SubmitContainerStateChange", { cluster, task: ID }, [`${ARN}:cluster/prod`], "prod"],
  ["SubmitAttachmentStateChanges", { cluster, attachments: [] }, [`${ARN}:cluster/prod`], "prod"],
];

const cases = CALLS.map(([operation, request, resources, within]) => ({
  operation,
  request,
  resources,
  within,
}));

test.each(cases)("$operation $request is done to $resources", async (call) => {
  const { operation, request, resources, within } = call;
  expect(await access(operation, request as never)).toEqual({
    action: `ecs:${operation}`,
    resources,
    ...(within !== undefined && { cluster: within }),
  });
});

describe("there is one way to name a thing", () => {
  test("an ARN of the old form, without its cluster, is the same service", async () => {
    const request = { cluster, services: [`${ARN}:service/web`] };
    expect(await access("DescribeServices", request)).toMatchObject({
      resources: [`${ARN}:service/prod/web`],
    });
  });

  test.each([
    [{ cluster, service: `${ARN}:service/test/web` }, "Identifier is for cluster test"],
    [{ cluster, service: "arn:aws:ecs:us-east-1:123456789012:service/prod/web" }, "Invalid Region"],
    [{ cluster, service: `${ARN}:task/prod/web` }, "Unsupported resource type"],
    [{ cluster: "prod/web", service: "x" }, "Cluster must match"],
  ])("and another one is refused as the command would: %j", async (request, message) => {
    await expect(access("UpdateService", request)).rejects.toThrow(message);
  });

  test("a family alone is its latest ACTIVE revision", async () => {
    const controlPlane = aControlPlane();
    for (const [revision, status] of [
      [6, "ACTIVE"],
      [7, "ACTIVE"],
      [8, "INACTIVE"],
    ] as const) {
      await controlPlane.store.taskDefinitions.create(aTaskDefinition({ revision, status }));
    }
    const resources = async (taskDefinition: string) =>
      (await operationAccess(controlPlane, "RunTask", { taskDefinition })).resources;
    expect(await resources("web")).toEqual([`${ARN}:task-definition/web:7`]);
    expect(await resources("web:8")).toEqual([`${ARN}:task-definition/web:8`]);
    expect(await resources("none")).toEqual([`${ARN}:task-definition/none:*`]);
  });
});
