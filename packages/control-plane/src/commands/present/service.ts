import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import {
  clusterArn,
  serviceArn,
  serviceDeploymentArn,
  serviceRevisionArn,
  taskDefinitionArn,
  type Scope,
} from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { Deployment, Service, ServiceEvent } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { revisionIdOf } from "@berth/domain/service-deployment";
import { currentNetwork, currentStrategy } from "@berth/domain/task-source";
import { countTasks, countsOf } from "@berth/planner/service/revision-tasks";
import { presentCapacity } from "./capacity.ts";
import { dateOf } from "./date-of.ts";
import { presentDeploymentConfiguration } from "./deployment-configuration.ts";
import { presentNetwork } from "./network.ts";
import { presentTaskSet } from "./task-set.ts";

export type ServiceDescription = NonNullable<EcsResponse<"DescribeServices">["services"]>[number];
type DeploymentDescription = NonNullable<ServiceDescription["deployments"]>[number];

/** What the description of a service draws on beside the service itself. */
export interface ServiceSources {
  /** Every task of the service that is not archived. */
  readonly tasks: readonly Task[];
  /** Newest first. */
  readonly events: readonly ServiceEvent[];
  readonly includeTags: boolean;
}

/**
 * A service as the ECS API shows it. Source: ECS API reference, Service.
 */
export function presentService(
  scope: Scope,
  service: Service,
  { tasks, events, includeTags }: ServiceSources,
): ServiceDescription {
  const { deploymentConfiguration, launchType, healthCheckGracePeriodSeconds, roleArn } = service;
  return {
    ...service.kept,
    serviceArn: serviceArn(scope, service.cluster, service.name),
    serviceName: service.name,
    clusterArn: clusterArn(scope, service.cluster),
    status: service.status,
    desiredCount: service.desiredCount,
    ...countsIn(tasks),
    ...(service.taskDefinition !== undefined && {
      taskDefinition: taskDefinitionArn(scope, service.taskDefinition),
    }),
    deploymentConfiguration: presentDeploymentConfiguration(deploymentConfiguration),
    deployments: service.deployments.map((deployment) =>
      presentDeployment(scope, service, { deployment, tasks }),
    ),
    ...(service.taskSets && {
      taskSets: service.taskSets.map((set) =>
        presentTaskSet(scope, service, set, { tasks, includeTags }),
      ),
    }),
    ...presentCapacity(currentStrategy(service), launchType),
    ...presentNetwork(currentNetwork(service)),
    ...defined({ healthCheckGracePeriodSeconds, roleArn }),
    schedulingStrategy: service.schedulingStrategy,
    loadBalancers: [],
    serviceRegistries: [],
    events: events.map((event) => ({ ...event, createdAt: dateOf(event.createdAt) })),
    placementConstraints: service.placementConstraints.map((constraint) => ({ ...constraint })),
    placementStrategy: service.placementStrategy.map((strategy) => ({ ...strategy })),
    createdAt: dateOf(service.createdAt),
    ...(service.currentServiceDeployment !== undefined && {
      currentServiceDeployment: serviceDeploymentArn(
        scope,
        service,
        service.currentServiceDeployment,
      ),
    }),
    currentServiceRevisions: presentRevisions(scope, service, tasks),
    createdBy: service.createdBy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    ...(includeTags && { tags: [...service.tags] }),
  };
}

/** The revisions of which there are tasks, or are to be. */
const presentRevisions = (scope: Scope, service: Service, tasks: readonly Task[]) =>
  service.deployments.map(({ id, status }) => {
    const wanted = status === "PRIMARY" ? service.desiredCount : undefined;
    const { requested, running, pending } = countsOf(tasks, id, wanted);
    return {
      arn: serviceRevisionArn(scope, service, revisionIdOf(id)),
      requestedTaskCount: requested,
      runningTaskCount: running,
      pendingTaskCount: pending,
    };
  });

interface DeploymentSources {
  readonly deployment: Deployment;
  readonly tasks: readonly Task[];
}

function presentDeployment(
  scope: Scope,
  service: Service,
  { deployment, tasks }: DeploymentSources,
): DeploymentDescription {
  const own = tasks.filter((task) => task.startedBy === deployment.id);
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: taskDefinitionArn(scope, deployment.taskDefinition),
    desiredCount:
      deployment.status === "PRIMARY"
        ? service.desiredCount
        : own.filter((task) => task.desiredStatus === "RUNNING").length,
    ...countsIn(own),
    failedTasks: deployment.failedTasks,
    createdAt: dateOf(deployment.createdAt),
    updatedAt: dateOf(deployment.updatedAt),
    ...presentCapacity(deployment.capacityProviderStrategy, service.launchType),
    ...presentNetwork(deployment.networkConfiguration),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

const countsIn = (tasks: readonly Task[]) => {
  const { running, pending } = countTasks(tasks);
  return { runningCount: running, pendingCount: pending };
};
