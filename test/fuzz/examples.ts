import type { ModelOperationName } from "@berth/contracts/ecs-api/operation-names";
import type { Names } from "./names.ts";
import { instanceId } from "@berth/testing/builders";

type Examples = Readonly<Partial<Record<ModelOperationName, object>>>;

export const REGISTRATION = {
  family: "web",
  containerDefinitions: [
    {
      name: "main",
      image: "busybox",
      memory: 64,
      cpu: 16,
      command: ["sleep", "1"],
      environment: [{ name: "A", value: "b" }],
      portMappings: [{ containerPort: 80, hostPort: 0, protocol: "tcp" }],
      dockerLabels: { a: "b" },
      essential: true,
    },
  ],
  tags: [{ key: "team", value: "a" }],
};

/**
 * Requests that are accepted, of operations whose members go together in a way that no schema tells.
 * An operation without one is drawn from its schema alone.
 */
export const examplesWith = ({
  taskSet: [taskSet = ""],
  task: [task = ""],
  serviceDeployment: [serviceDeploymentArn = ""],
  tagged: [resourceArn = ""],
}: Names): Examples => ({
  CreateCluster: {
    clusterName: "new",
    settings: [{ name: "containerInsights", value: "enabled" }],
  },
  CreateCapacityProvider: {
    name: "new",
    autoScalingGroupProvider: {
      autoScalingGroupArn: "new-group",
      managedScaling: { status: "ENABLED", targetCapacity: 80 },
      managedTerminationProtection: "ENABLED",
      managedDraining: "DISABLED",
    },
    tags: [{ key: "team", value: "a" }],
  },
  UpdateCapacityProvider: {
    name: "spot",
    autoScalingGroupProvider: { managedScaling: { status: "ENABLED", instanceWarmupPeriod: 60 } },
  },
  DeleteCapacityProvider: { capacityProvider: "unused" },
  DescribeCapacityProviders: { capacityProviders: ["spot", "FARGATE"], include: ["TAGS"] },
  PutClusterCapacityProviders: {
    cluster: "default",
    capacityProviders: ["spot", "steady", "unused"],
    defaultCapacityProviderStrategy: [{ capacityProvider: "spot", weight: 1, base: 1 }],
  },
  CreateService: {
    serviceName: "new",
    taskDefinition: "web:1",
    desiredCount: 1,
    placementStrategy: [{ type: "spread", field: "instanceId" }],
    tags: [{ key: "team", value: "a" }],
  },
  CreateTaskSet: {
    cluster: "default",
    service: "sets",
    taskDefinition: "web:1",
    scale: { value: 10, unit: "PERCENT" },
  },
  DeleteAttributes: { attributes: [{ name: "stack", targetId: instanceId(1) }] },
  DeleteCluster: { cluster: "other" },
  DeleteService: { service: "web", force: true },
  DeleteTaskDefinitions: { taskDefinitions: ["web:3", "web:1"] },
  DeregisterContainerInstance: { containerInstance: instanceId(1), force: true },
  DeregisterTaskDefinition: { taskDefinition: "web:1" },
  DescribeTaskDefinition: { taskDefinition: "web:1" },
  ListAttributes: {
    targetType: "container-instance",
    attributeName: "stack",
    attributeValue: "prod",
  },
  ListServicesByNamespace: { namespace: "internal" },
  PutAttributes: { attributes: [{ name: "stack", value: "prod", targetId: instanceId(1) }] },
  RegisterContainerInstance: {
    cluster: "default",
    totalResources: [
      { name: "CPU", type: "INTEGER", integerValue: 1_024 },
      { name: "MEMORY", type: "INTEGER", integerValue: 1_024 },
      { name: "PORTS", type: "STRINGSET", stringSetValue: ["22"] },
    ],
    attributes: [{ name: "zone", value: "a" }],
    instanceIdentityDocument: '{"instanceId":"i-1","availabilityZone":"eu-central-1b"}',
    versionInfo: { agentVersion: "1.0.0", dockerVersion: "20" },
    clientToken: "token",
  },
  RegisterTaskDefinition: REGISTRATION,
  RunTask: {
    taskDefinition: "web:1",
    count: 1,
    overrides: { containerOverrides: [{ name: "main", command: ["sleep"], cpu: 10 }] },
    startedBy: "somebody",
    referenceId: "reference",
    tags: [{ key: "team", value: "a" }],
    placementConstraints: [
      { type: "memberOf", expression: "attribute:ecs.availability-zone exists" },
    ],
  },
  StartTask: {
    taskDefinition: "web:1",
    containerInstances: [instanceId(1), instanceId(2)],
    overrides: { containerOverrides: [{ name: "main", command: ["sleep"] }] },
  },
  UpdateContainerInstancesState: { containerInstances: [instanceId(2)], status: "DRAINING" },
  UpdateService: { service: "web", desiredCount: 3, forceNewDeployment: true },
  UpdateTaskSet: {
    cluster: "default",
    service: "sets",
    taskSet,
    scale: { value: 20, unit: "PERCENT" },
  },
  DeleteTaskSet: { cluster: "default", service: "sets", taskSet, force: true },
  DescribeContainerInstances: { containerInstances: [instanceId(1)], include: ["TAGS"] },
  DescribeServiceDeployments: { serviceDeploymentArns: [serviceDeploymentArn] },
  DescribeServices: { services: ["web", "sets"], include: ["TAGS"] },
  DescribeTaskSets: { cluster: "default", service: "sets", taskSets: [taskSet] },
  DescribeTasks: { tasks: [task], include: ["TAGS"] },
  GetTaskProtection: { cluster: "default", tasks: [task] },
  ContinueServiceDeployment: { serviceDeploymentArn, hookId: "hook" },
  ExecuteCommand: { task, container: "main", command: "sh", interactive: true },
  StopServiceDeployment: { serviceDeploymentArn, stopType: "ROLLBACK" },
  SubmitTaskStateChange: {
    task,
    status: "RUNNING",
    containers: [
      {
        containerName: "main",
        status: "RUNNING",
        runtimeId: "runtime",
        networkBindings: [{ bindIP: "0.0.0.0", containerPort: 80, hostPort: 32_768 }],
      },
    ],
  },
  PutAccountSetting: { name: "containerInsights", value: "enabled" },
  PutAccountSettingDefault: { name: "tagResourceAuthorization", value: "off" },
  DeleteAccountSetting: { name: "containerInsights" },
  ListAccountSettings: { effectiveSettings: true, name: "containerInsights", value: "disabled" },
  ListTagsForResource: { resourceArn },
  TagResource: { resourceArn, tags: [{ key: "team", value: "a" }] },
  UntagResource: { resourceArn, tagKeys: ["team"] },
  UpdateCluster: {
    cluster: "default",
    settings: [{ name: "containerInsights", value: "enabled" }],
    configuration: { executeCommandConfiguration: { logging: "NONE" } },
    serviceConnectDefaults: { namespace: "internal" },
  },
  UpdateClusterSettings: {
    cluster: "default",
    settings: [{ name: "containerInsights", value: "enhanced" }],
  },
  StopTask: { task, reason: "because" },
  UpdateServicePrimaryTaskSet: { cluster: "default", service: "sets", primaryTaskSet: taskSet },
  UpdateTaskProtection: { cluster: "default", tasks: [task], protectionEnabled: true },
});
