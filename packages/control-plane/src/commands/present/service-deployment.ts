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
import type { Service } from "@berth/domain/service";
import { isTerminal, revisionIdOf } from "@berth/domain/service-deployment";
import type {
  RevisionTasks,
  RollbackTrigger,
  ServiceDeployment,
  ServiceRevision,
} from "@berth/domain/service-deployment";
import type { Task } from "@berth/domain/task";
import { stateOf } from "@berth/planner/service/service-deployments";
import { presentCapacity } from "./capacity.ts";
import { dateOf } from "./date-of.ts";
import { presentAlarms } from "./deployment-alarms.ts";
import { presentDeploymentConfiguration } from "./deployment-configuration.ts";
import { presentNetwork } from "./network.ts";

export type ServiceDeploymentDescription = NonNullable<
  EcsResponse<"DescribeServiceDeployments">["serviceDeployments"]
>[number];
export type ServiceDeploymentBrief = NonNullable<
  EcsResponse<"ListServiceDeployments">["serviceDeployments"]
>[number];
export type ServiceRevisionDescription = NonNullable<
  EcsResponse<"DescribeServiceRevisions">["serviceRevisions"]
>[number];

/** A record as the ECS API lists it. */
export function presentServiceDeploymentBrief(
  scope: Scope,
  service: Service,
  record: ServiceDeployment,
): ServiceDeploymentBrief {
  return {
    ...presentCommon(scope, service, record),
    targetServiceRevisionArn: revisionArn(scope, service, record.deploymentId),
  };
}

/**
 * A record as the ECS API describes it: as things were at its verdict, or as they are now.
 * Source: ECS API reference, ServiceDeployment.
 */
export function presentServiceDeployment(
  scope: Scope,
  service: Service,
  record: ServiceDeployment,
  tasks: readonly Task[],
): ServiceDeploymentDescription {
  const { failureCount, threshold, deploymentConfiguration, ...state } =
    record.end ?? stateOf(record, { service, tasks, deployments: service.deployments });
  const { deploymentCircuitBreaker, alarms } = deploymentConfiguration;
  const summary = (id: string) => summarise(revisionArn(scope, service, id), state.tasks[id]);
  return {
    ...presentCommon(scope, service, record),
    updatedAt: dateOf(record.updatedAt),
    ...defined({ stoppedAt: dateOf(record.stoppedAt) }),
    sourceServiceRevisions: record.sourceDeploymentIds.map(summary),
    targetServiceRevision: summary(record.deploymentId),
    deploymentConfiguration: presentDeploymentConfiguration(deploymentConfiguration),
    deploymentCircuitBreaker: {
      status: monitorStatus(record, "circuitBreaker", deploymentCircuitBreaker?.enable ?? false),
      failureCount,
      threshold,
    },
    alarms: presentAlarms(record, alarms),
    ...(record.rollback?.deploymentId !== undefined && {
      rollback: {
        reason: record.rollback.reason,
        startedAt: dateOf(record.rollback.startedAt),
        serviceRevisionArn: revisionArn(scope, service, record.rollback.deploymentId),
      },
    }),
  };
}

/** Source: ECS API reference, ServiceRevision. */
export const presentServiceRevision = (
  scope: Scope,
  revision: ServiceRevision,
): ServiceRevisionDescription => ({
  serviceRevisionArn: serviceRevisionArn(
    scope,
    { cluster: revision.cluster, name: revision.service },
    revision.id,
  ),
  serviceArn: serviceArn(scope, revision.cluster, revision.service),
  clusterArn: clusterArn(scope, revision.cluster),
  taskDefinition: taskDefinitionArn(scope, revision.taskDefinition),
  ...presentCapacity(revision.capacityProviderStrategy, revision.launchType),
  ...presentNetwork(revision.networkConfiguration),
  loadBalancers: [],
  serviceRegistries: [],
  containerImages: revision.containerImages.map((image) => ({ ...image })),
  guardDutyEnabled: false,
  createdAt: dateOf(revision.createdAt),
});

const presentCommon = (scope: Scope, service: Service, record: ServiceDeployment) => ({
  serviceDeploymentArn: serviceDeploymentArn(scope, service, record.id),
  serviceArn: serviceArn(scope, service.cluster, service.name),
  clusterArn: clusterArn(scope, service.cluster),
  createdAt: dateOf(record.createdAt),
  ...defined({
    startedAt: dateOf(record.startedAt),
    finishedAt: dateOf(record.finishedAt),
    statusReason: record.statusReason,
  }),
  status: record.status,
});

const revisionArn = (scope: Scope, service: Service, deploymentId: string): string =>
  serviceRevisionArn(scope, service, revisionIdOf(deploymentId));

const summarise = (arn: string, counts: RevisionTasks | undefined) => ({
  arn,
  requestedTaskCount: counts?.requested ?? 0,
  runningTaskCount: counts?.running ?? 0,
  pendingTaskCount: counts?.pending ?? 0,
});

function monitorStatus(record: ServiceDeployment, trigger: RollbackTrigger, enabled: boolean) {
  if (!enabled) return "DISABLED";
  if (record.rollback?.trigger === trigger) return "TRIGGERED";
  return isTerminal(record) ? "MONITORING_COMPLETE" : "MONITORING";
}
