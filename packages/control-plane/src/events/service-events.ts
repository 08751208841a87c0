import type { EcsEvent } from "@berth/contracts/ecs-event";
import {
  clusterArn,
  containerInstanceArn,
  serviceArn,
  taskSetArn,
  type Scope,
} from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { Deployment, RolloutState, Service, ServiceEvent } from "@berth/domain/service";
import type { TaskSet } from "@berth/domain/task-set";
import { closestCandidate } from "@berth/planner/service/planned-starts";
import {
  isUnableToPlace,
  reachedSteadyState,
  taskSetSubject,
  tellsOf,
  unableToStartConsistently,
} from "@berth/planner/service/service-events";

export interface ServiceChange {
  /** Absent where the service is new. */
  readonly before?: Service | undefined;
  readonly after: Service;
}

/**
 * What happened to a service, as its actions, and to its deployments. Unlike those of tasks and
 * instances these have no version: a repeated one has the same name and time.
 */
export function serviceEvents(scope: Scope, { before, after }: ServiceChange): readonly EcsEvent[] {
  const told = new Set(before?.newEvents.map(({ id }) => id));
  const news = after.newEvents.filter(({ id }) => !told.has(id));
  return [
    // The newest stands first: what it takes over from is told before.
    ...after.deployments
      .toReversed()
      .filter((deployment) => isOtherThan(deployment, before?.deployments))
      .map((deployment) => deploymentEvent(scope, after, deployment)),
    ...news.flatMap((event) => actionEvent(scope, after, event)),
  ];
}

/** A rollback begins a COMPLETED deployment anew, and a FAILED one stays listed. */
const isOtherThan = (
  { id, rolloutState, rolloutStateReason }: Deployment,
  earlier: readonly Deployment[] = [],
): boolean =>
  !earlier.some(
    (each) =>
      each.id === id &&
      each.rolloutState === rolloutState &&
      each.rolloutStateReason === rolloutStateReason,
  );

const EVENT_TYPES: Readonly<Record<RolloutState, "INFO" | "ERROR">> = {
  IN_PROGRESS: "INFO",
  COMPLETED: "INFO",
  FAILED: "ERROR",
};

function deploymentEvent(scope: Scope, service: Service, deployment: Deployment): EcsEvent {
  const { id, rolloutState, rolloutStateReason, updatedAt } = deployment;
  return {
    detailType: "ECS Deployment State Change",
    resource: serviceArn(scope, service.cluster, service.name),
    time: updatedAt,
    detail: {
      eventType: EVENT_TYPES[rolloutState],
      eventName: `SERVICE_DEPLOYMENT_${rolloutState}`,
      clusterArn: clusterArn(scope, service.cluster),
      deploymentId: id,
      updatedAt: new Date(updatedAt),
      reason: rolloutStateReason,
    },
  };
}

interface Action {
  readonly eventType: "INFO" | "WARN" | "ERROR";
  readonly eventName: string;
  readonly [besides: string]: unknown;
}

/** The action that a message of the service stands for; most stand for none. */
function actionEvent(
  scope: Scope,
  service: Service,
  { message, createdAt }: ServiceEvent,
): readonly EcsEvent[] {
  const action = actionOf(scope, service, message);
  if (!action) return [];
  const { eventType, eventName, ...besides } = action;
  return [
    {
      detailType: "ECS Service Action",
      resource: serviceArn(scope, service.cluster, service.name),
      time: createdAt,
      detail: {
        eventType,
        eventName,
        clusterArn: clusterArn(scope, service.cluster),
        ...besides,
        createdAt: new Date(createdAt),
      },
    },
  ];
}

function actionOf(scope: Scope, service: Service, message: string): Action | undefined {
  const set = service.taskSets?.find(({ id }) =>
    tellsOf(taskSetSubject(service.name, id), message),
  );
  const subject = set ? taskSetSubject(service.name, set.id) : service.name;
  const taskSetArns = set && [taskSetArn(scope, service, set.id)];
  if (message === reachedSteadyState(subject)) {
    const eventName = set ? "TASKSET_STEADY_STATE" : "SERVICE_STEADY_STATE";
    return { eventType: "INFO", eventName, ...defined({ taskSetArns }) };
  }
  if (message === unableToStartConsistently(subject)) {
    return {
      eventType: "WARN",
      eventName: "SERVICE_TASK_START_IMPAIRED",
      ...defined({ taskSetArns }),
    };
  }
  if (!isUnableToPlace(subject, message)) return undefined;
  return { ...placementFailure(scope, waitingIn(service, set)), ...defined({ taskSetArns }) };
}

/** The service with the planned starts of one task set alone, where it is about one. */
const waitingIn = (service: Service, set: TaskSet | undefined): Service =>
  set
    ? {
        ...service,
        plannedStarts: service.plannedStarts.filter((start) => start.deploymentId === set.id),
      }
    : service;

/** A service may have been refused by every instance of a large cluster. */
const MAX_INSTANCES_TOLD = 10;

function placementFailure(scope: Scope, { cluster, plannedStarts }: Service): Action {
  const candidates = plannedStarts.find(({ unplaced }) => unplaced)?.unplaced?.candidates ?? [];
  const instances = candidates.flatMap(({ containerInstanceId: id }) => id ?? []);
  return {
    eventType: "ERROR",
    eventName: "SERVICE_TASK_PLACEMENT_FAILURE",
    ...(instances.length > 0 && {
      containerInstanceArns: instances
        .slice(0, MAX_INSTANCES_TOLD)
        .map((id) => containerInstanceArn(scope, cluster, id)),
    }),
    reason: closestCandidate(plannedStarts)?.reason,
  };
}
