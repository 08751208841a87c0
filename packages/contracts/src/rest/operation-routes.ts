import type { OneOf, OperationRoute } from "./operation-route.ts";

const ONE_SERVICE: OneOf = {
  from: "services",
  as: "service",
  absent: "ServiceNotFoundException",
};
const ONE_TASK: OneOf = { from: "tasks", as: "task", absent: "ResourceNotFoundException" };
const ONE_INSTANCE: OneOf = {
  from: "containerInstances",
  as: "containerInstance",
  absent: "ResourceNotFoundException",
};
const ONE_PROTECTION: OneOf = {
  from: "protectedTasks",
  as: "protectedTask",
  absent: "ResourceNotFoundException",
};

const TASK_SET_ID = { taskSet: { member: "taskSet", idOf: "task-set" } } as const;

const CLUSTER = "/v1/clusters/{cluster}";
const SERVICE = `${CLUSTER}/services/{service}` as const;
const TASK_SET = `${SERVICE}/task-sets/{taskSet}` as const;
const TASK = `${CLUSTER}/tasks/{task}` as const;
const INSTANCE = `${CLUSTER}/container-instances/{containerInstance}` as const;
const DEFINITION = "/v1/task-definitions/{taskDefinition}";
const PROVIDER = "/v1/capacity-providers/{capacityProvider}";

/**
 * The ECS API as resources and verbs, by method and path. A route is there as soon as its operation
 * is carried out.
 */
export const OPERATION_ROUTES: Readonly<Record<string, OperationRoute>> = {
  "GET /v1/clusters": { operation: "ListClusters", summary: "List clusters" },
  "POST /v1/clusters": { operation: "CreateCluster", summary: "Create a cluster", status: 201 },
  [`GET ${CLUSTER}`]: {
    operation: "DescribeClusters",
    summary: "Show a cluster",
    path: { cluster: { member: "clusters" } },
    one: { from: "clusters", as: "cluster", absent: "ClusterNotFoundException" },
    record: "cluster",
  },
  [`PATCH ${CLUSTER}`]: {
    operation: "UpdateCluster",
    summary: "Change a cluster",
    record: "cluster",
  },
  [`PUT ${CLUSTER}/settings`]: {
    operation: "UpdateClusterSettings",
    summary: "Set a cluster's settings",
    record: "cluster",
  },
  [`GET ${CLUSTER}/attributes`]: {
    operation: "ListAttributes",
    summary: "List attributes of container instances",
  },
  [`PUT ${CLUSTER}/attributes`]: {
    operation: "PutAttributes",
    summary: "Set attributes of container instances",
  },
  [`POST ${CLUSTER}/attributes/delete`]: {
    operation: "DeleteAttributes",
    summary: "Delete attributes of container instances",
  },
  [`PUT ${CLUSTER}/capacity-providers`]: {
    operation: "PutClusterCapacityProviders",
    summary: "Set a cluster's capacity providers",
    record: "cluster",
  },
  [`DELETE ${CLUSTER}`]: {
    operation: "DeleteCluster",
    summary: "Delete a cluster",
    record: "cluster",
  },

  [`GET ${CLUSTER}/services`]: {
    operation: "ListServices",
    summary: "List the services of a cluster",
  },
  [`POST ${CLUSTER}/services`]: {
    operation: "CreateService",
    summary: "Create a service",
    status: 201,
  },
  [`GET ${SERVICE}`]: {
    operation: "DescribeServices",
    summary: "Show a service",
    path: { service: { member: "services" } },
    one: ONE_SERVICE,
    record: "service",
  },
  [`PATCH ${SERVICE}`]: {
    operation: "UpdateService",
    summary: "Change a service, which may begin a deployment",
    record: "service",
  },
  [`DELETE ${SERVICE}`]: {
    operation: "DeleteService",
    summary: "Delete a service",
    record: "service",
  },

  [`GET ${SERVICE}/deployments`]: {
    operation: "ListServiceDeployments",
    summary: "List the deployments of a service",
  },
  [`GET ${SERVICE}/deployments/{deployment}`]: {
    operation: "DescribeServiceDeployments",
    summary: "Show a deployment",
    path: { deployment: { member: "serviceDeploymentArns", idOf: "service-deployment" } },
    one: {
      from: "serviceDeployments",
      as: "serviceDeployment",
      absent: "ServiceDeploymentNotFoundException",
    },
  },
  [`POST ${SERVICE}/deployments/{deployment}/stop`]: {
    operation: "StopServiceDeployment",
    summary: "Stop a deployment, or roll it back",
    path: { deployment: { member: "serviceDeploymentArn", idOf: "service-deployment" } },
  },
  [`POST ${SERVICE}/deployments/{deployment}/continue`]: {
    operation: "ContinueServiceDeployment",
    summary: "Have a deployment go on that waits at a lifecycle hook",
    path: { deployment: { member: "serviceDeploymentArn", idOf: "service-deployment" } },
  },
  [`GET ${SERVICE}/revisions/{revision}`]: {
    operation: "DescribeServiceRevisions",
    summary: "Show what a deployment deploys",
    path: { revision: { member: "serviceRevisionArns", idOf: "service-revision" } },
    one: {
      from: "serviceRevisions",
      as: "serviceRevision",
      absent: "ResourceNotFoundException",
    },
  },

  [`GET ${SERVICE}/task-sets`]: {
    operation: "DescribeTaskSets",
    summary: "Show the task sets of a service",
  },
  [`POST ${SERVICE}/task-sets`]: {
    operation: "CreateTaskSet",
    summary: "Create a task set",
    status: 201,
  },
  [`GET ${TASK_SET}`]: {
    operation: "DescribeTaskSets",
    summary: "Show a task set",
    path: { taskSet: { member: "taskSets", idOf: "task-set" } },
    one: { from: "taskSets", as: "taskSet", absent: "TaskSetNotFoundException" },
  },
  [`PATCH ${TASK_SET}`]: {
    operation: "UpdateTaskSet",
    summary: "Scale a task set",
    path: TASK_SET_ID,
  },
  [`DELETE ${TASK_SET}`]: {
    operation: "DeleteTaskSet",
    summary: "Delete a task set",
    path: TASK_SET_ID,
  },
  [`PUT ${SERVICE}/primary-task-set`]: {
    operation: "UpdateServicePrimaryTaskSet",
    summary: "Say which task set serves",
  },

  [`GET ${CLUSTER}/tasks`]: { operation: "ListTasks", summary: "List the tasks of a cluster" },
  [`POST ${CLUSTER}/tasks`]: {
    operation: "RunTask",
    summary: "Run tasks where there is room; what finds none is in `failures`",
  },
  [`GET ${TASK}`]: {
    operation: "DescribeTasks",
    summary: "Show a task",
    path: { task: { member: "tasks" } },
    one: ONE_TASK,
    record: "task",
  },
  [`DELETE ${TASK}`]: { operation: "StopTask", summary: "Stop a task", record: "task" },
  [`POST ${TASK}/commands`]: {
    operation: "ExecuteCommand",
    summary: "Execute a command in a container of a task",
  },
  [`GET ${TASK}/protection`]: {
    operation: "GetTaskProtection",
    summary: "Show whether a task is protected from scale-in",
    path: { task: { member: "tasks" } },
    one: ONE_PROTECTION,
  },
  [`PUT ${TASK}/protection`]: {
    operation: "UpdateTaskProtection",
    summary: "Protect a task from scale-in, or end that",
    path: { task: { member: "tasks" } },
    one: ONE_PROTECTION,
    record: "task",
  },

  [`GET ${CLUSTER}/container-instances`]: {
    operation: "ListContainerInstances",
    summary: "List the container instances of a cluster",
  },
  [`GET ${INSTANCE}`]: {
    operation: "DescribeContainerInstances",
    summary: "Show a container instance",
    path: { containerInstance: { member: "containerInstances" } },
    one: ONE_INSTANCE,
    record: "containerInstance",
  },
  [`PATCH ${INSTANCE}`]: {
    operation: "UpdateContainerInstancesState",
    summary: "Drain a container instance, or take it back into service",
    path: { containerInstance: { member: "containerInstances" } },
    one: ONE_INSTANCE,
    record: "containerInstance",
  },
  [`DELETE ${INSTANCE}`]: {
    operation: "DeregisterContainerInstance",
    summary: "Deregister a container instance",
    record: "containerInstance",
  },
  [`POST ${INSTANCE}/agent/update`]: {
    operation: "UpdateContainerAgent",
    summary: "Ask for a newer agent",
  },
  [`POST ${INSTANCE}/tasks`]: {
    operation: "StartTask",
    summary: "Start a task on this very instance",
    path: { containerInstance: { member: "containerInstances" } },
  },

  "GET /v1/task-definitions": {
    operation: "ListTaskDefinitions",
    summary: "List task definitions",
  },
  "POST /v1/task-definitions": {
    operation: "RegisterTaskDefinition",
    summary: "Register a revision of a task definition",
    status: 201,
  },
  [`GET ${DEFINITION}`]: {
    operation: "DescribeTaskDefinition",
    summary: "Show a revision; of a family alone the latest that is ACTIVE",
    record: "taskDefinition",
    absentAs: "ClientException",
  },
  [`DELETE ${DEFINITION}`]: {
    operation: "DeregisterTaskDefinition",
    summary: "Deregister a revision: it becomes INACTIVE",
    record: "taskDefinition",
  },
  "POST /v1/task-definitions/delete": {
    operation: "DeleteTaskDefinitions",
    summary: "Delete revisions that are INACTIVE",
  },
  "GET /v1/task-definition-families": {
    operation: "ListTaskDefinitionFamilies",
    summary: "List families of task definitions",
  },

  "GET /v1/capacity-providers": {
    operation: "DescribeCapacityProviders",
    summary: "Show capacity providers",
  },
  "POST /v1/capacity-providers": {
    operation: "CreateCapacityProvider",
    summary: "Create a capacity provider",
    status: 201,
  },
  [`GET ${PROVIDER}`]: {
    operation: "DescribeCapacityProviders",
    summary: "Show a capacity provider",
    path: { capacityProvider: { member: "capacityProviders" } },
    one: {
      from: "capacityProviders",
      as: "capacityProvider",
      absent: "ResourceNotFoundException",
    },
  },
  [`PATCH ${PROVIDER}`]: {
    operation: "UpdateCapacityProvider",
    summary: "Change a capacity provider",
    path: { capacityProvider: { member: "name" } },
  },
  [`DELETE ${PROVIDER}`]: {
    operation: "DeleteCapacityProvider",
    summary: "Delete a capacity provider",
  },

  "GET /v1/namespaces/{namespace}/services": {
    operation: "ListServicesByNamespace",
    summary: "List the services of a namespace",
  },

  "GET /v1/account-settings": {
    operation: "ListAccountSettings",
    summary: "List account settings",
  },
  "PUT /v1/account-settings/{name}": {
    operation: "PutAccountSetting",
    summary: "Set an account setting of a principal",
  },
  "DELETE /v1/account-settings/{name}": {
    operation: "DeleteAccountSetting",
    summary: "Go back to the default of an account setting",
  },
  "PUT /v1/account-setting-defaults/{name}": {
    operation: "PutAccountSettingDefault",
    summary: "Set the default of an account setting",
  },

  "GET /v1/tags": { operation: "ListTagsForResource", summary: "List the tags of a resource" },
  "POST /v1/tags": { operation: "TagResource", summary: "Add tags to a resource" },
  "DELETE /v1/tags": { operation: "UntagResource", summary: "Remove tags from a resource" },
};
