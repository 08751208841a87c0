import { containerInstanceArn, serviceArn, taskDefinitionArn, type Scope } from "@berth/domain/arn";
import type { Deployment, PlannedStart, Unplaced } from "@berth/domain/service";
import { EcsError } from "@berth/domain/errors";
import { activeCluster } from "../commands/find-cluster.ts";
import { serviceName } from "../commands/identifiers.ts";
import type { CommandContext } from "../context.ts";

/** Why one instance does not take a task; without an ARN where there is no instance at all. */
export interface InstanceRefusal {
  readonly containerInstanceArn?: string;
  /** ECS's word, such as `RESOURCE:CPU`. */
  readonly reason: string;
  readonly detail: string;
}

/** Tasks that wait for the same reasons. Times are ISO 8601. */
export interface WaitingTasks {
  readonly deploymentId: string;
  /** Since when the first of them waits. */
  readonly since: string;
  readonly count: number;
  readonly instances: readonly InstanceRefusal[];
}

export interface ExplainedDeployment {
  readonly id: string;
  readonly status: Deployment["status"];
  readonly taskDefinition: string;
  readonly rolloutState: Deployment["rolloutState"];
  readonly rolloutStateReason: string;
  readonly failedTasks: number;
  /** Starts are held back until then. */
  readonly throttledUntil?: string;
}

export interface ServiceExplanation {
  readonly service: string;
  readonly serviceArn: string;
  readonly desiredCount: number;
  readonly waiting: readonly WaitingTasks[];
  readonly deployments: readonly ExplainedDeployment[];
}

/**
 * Why a service has fewer tasks than it wants, from its records: `GET /v1/services/{service}/explain`.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotFoundException
 */
export async function explainService(
  context: CommandContext,
  request: { readonly cluster?: string; readonly service: string },
): Promise<ServiceExplanation> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const name = serviceName(context.scope, cluster, request.service);
  const service = await context.store.services.find(cluster, name);
  if (!service) throw new EcsError("ServiceNotFoundException", "Service not found.");
  return {
    service: name,
    serviceArn: serviceArn(context.scope, cluster, name),
    desiredCount: service.desiredCount,
    waiting: waitingTasks(context.scope, cluster, service.plannedStarts),
    deployments: service.deployments.map((deployment) =>
      explainDeployment(context.scope, deployment),
    ),
  };
}

interface WaitingStart extends PlannedStart {
  readonly unplaced: Unplaced;
}

function waitingTasks(
  scope: Scope,
  cluster: string,
  starts: readonly PlannedStart[],
): readonly WaitingTasks[] {
  const waiting = starts.filter((start): start is WaitingStart => start.unplaced !== undefined);
  const alike = Map.groupBy(waiting, ({ deploymentId, unplaced }) =>
    JSON.stringify([deploymentId, unplaced.candidates]),
  );
  return [...alike.values()].flatMap((group) =>
    group.slice(0, 1).map(({ deploymentId, unplaced }) => ({
      deploymentId,
      since: isoTime(Math.min(...group.map((start) => start.unplaced.since))),
      count: group.length,
      instances: unplaced.candidates.map(({ containerInstanceId, reason, detail }) => ({
        ...(containerInstanceId !== undefined && {
          containerInstanceArn: containerInstanceArn(scope, cluster, containerInstanceId),
        }),
        reason,
        detail,
      })),
    })),
  );
}

const explainDeployment = (scope: Scope, deployment: Deployment): ExplainedDeployment => ({
  id: deployment.id,
  status: deployment.status,
  taskDefinition: taskDefinitionArn(scope, deployment.taskDefinition),
  rolloutState: deployment.rolloutState,
  rolloutStateReason: deployment.rolloutStateReason,
  failedTasks: deployment.failedTasks,
  ...(deployment.throttledUntil !== undefined && {
    throttledUntil: isoTime(deployment.throttledUntil),
  }),
});

const isoTime = (epochMs: number): string => new Date(epochMs).toISOString();
