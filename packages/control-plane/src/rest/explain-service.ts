import type {
  ExplainedDeployment,
  ExplainedServiceDeployment,
  PlacementNow,
  ServiceExplanation,
  WaitingTasks,
} from "@berth/contracts/rest/explanation";
import { serviceArn, serviceDeploymentArn, taskDefinitionArn, type Scope } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import type { Deployment, PlannedStart, Service, Unplaced } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import type { Task } from "@berth/domain/task";
import { namedDefinitions, taskSourcesOf } from "@berth/domain/task-source";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { checkedContainers } from "@berth/domain/task-definition/checked-containers";
import { explainPlacement } from "@berth/planner/explain/explain-placement";
import { explainProgress } from "@berth/planner/explain/service-progress";
import { tellChange } from "@berth/planner/explain/story";
import { thresholdOf } from "@berth/planner/service/circuit-breaker";
import type { ServiceSnapshot } from "@berth/planner/service/plan-service";
import type { Stored, StoredInstance } from "@berth/store/store";
import { activeCluster } from "../commands/find-cluster.ts";
import { isOf } from "../commands/find-service-deployments.ts";
import { serviceName } from "../commands/identifiers.ts";
import { eventsOf } from "../commands/service-events.ts";
import { readAlarms } from "../alarms/look-at-alarms.ts";
import { presentTaskSet } from "../commands/present/task-set.ts";
import type { CommandContext, ServiceControlPlane } from "../context.ts";
import { definitionsNamed } from "../definition-cache.ts";
import { waitingRequests } from "../placement/service-request.ts";
import { explainTaskSet } from "./explain-task-set.ts";
import { presentOutlook, presentRefusal } from "./present-placement.ts";
import { isoTime, presentNote, presentStep } from "./present-story.ts";

/** The events that may have to do with how things are now. */
const LATEST_EVENTS = 10;
const LATEST_DEPLOYMENTS = 5;

/**
 * Why a service is as it is: what it does and waits for, and what would place its waiting tasks now:
 * `GET /v1/services/{service}/explain`.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotFoundException
 */
export async function explainService(
  context: CommandContext & ServiceControlPlane,
  request: { readonly cluster?: string; readonly service: string },
): Promise<ServiceExplanation> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const name = serviceName(context.scope, cluster, request.service);
  const service = await context.store.services.find(cluster, name);
  if (!service) throw new EcsError("ServiceNotFoundException", "Service not found.");
  const tasks = await context.store.tasks.ofGroup(cluster, serviceGroup(name));
  const [definitions, events, records, watched] = await Promise.all([
    definitionsNamed(context, [
      ...namedDefinitions(service),
      ...tasks.map(({ taskDefinition }) => taskDefinition),
    ]),
    eventsOf(context, service),
    latestRecords(context, service),
    readAlarms(context, service),
  ]);
  return {
    service: name,
    serviceArn: serviceArn(context.scope, cluster, name),
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").length,
    pendingCount: tasks.filter(({ lastStatus }) => lastStatus === "PENDING").length,
    ...(service.latestChange && { latestChange: presentStep(tellChange(service.latestChange)) }),
    progress: progressOf(context, service, { tasks, definitions, watched }),
    deployments: service.deployments.map((each) => presentDeployment(context.scope, service, each)),
    ...(service.taskSets && {
      taskSets: service.taskSets.map((set) =>
        explainTaskSet(
          presentTaskSet(context.scope, service, set, { tasks, includeTags: false }),
          set,
        ),
      ),
    }),
    serviceDeployments: records.map((each) => presentRecord(context.scope, service, each)),
    waiting: waitingTasks(context.scope, service),
    placements: await placementsNow(context, service, definitions),
    events: events.slice(0, LATEST_EVENTS).map(({ createdAt, message }) => ({
      createdAt: isoTime(createdAt),
      message,
    })),
  };
}

/** Those without a verdict are on the service itself. */
async function latestRecords(
  { store }: CommandContext,
  service: Service,
): Promise<readonly ServiceDeployment[]> {
  const { items } = await store.serviceDeployments.page(service, { limit: LATEST_DEPLOYMENTS });
  const own = new Set(service.serviceDeployments.map(({ id }) => id));
  const written = items.filter((record) => !own.has(record.id) && isOf(service, record));
  return [...service.serviceDeployments, ...written]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, LATEST_DEPLOYMENTS);
}

function presentRecord(
  scope: Scope,
  service: Service,
  { id, deploymentId, status, statusReason, createdAt, finishedAt, end, alarms }: ServiceDeployment,
): ExplainedServiceDeployment {
  return {
    serviceDeploymentArn: serviceDeploymentArn(scope, service, id),
    deploymentId,
    status,
    ...defined({ statusReason }),
    createdAt: isoTime(createdAt),
    ...(finishedAt !== undefined && { finishedAt: isoTime(finishedAt) }),
    ...(end && { failureCount: end.failureCount }),
    ...(alarms?.triggered && { triggeredAlarms: alarms.triggered }),
  };
}

interface Members {
  readonly tasks: readonly Task[];
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
  readonly watched: Pick<ServiceSnapshot, "alarms">;
}

function progressOf(
  context: CommandContext,
  service: Stored<Service>,
  { tasks, definitions, watched }: Members,
) {
  const notes = explainProgress({
    service,
    tasks,
    checkedContainers: Object.fromEntries(
      [...definitions].map(([name, definition]) => [name, checkedContainers(definition)]),
    ),
    settings: context.settings,
    ...(service.due !== undefined && { nextLookAt: service.due }),
    ...watched,
    now: context.now(),
  });
  return notes.map(presentNote);
}

/** Reads the cluster only where tasks wait: for ten thousand instances that is 900 read units. */
async function placementsNow(
  context: CommandContext,
  service: Service,
  definitions: ReadonlyMap<string, TaskDefinition>,
): Promise<readonly PlacementNow[]> {
  const { cluster } = service;
  const plannedStarts = startsThatWait(service);
  if (plannedStarts.length === 0) return [];
  const candidates = candidatesFor(plannedStarts, await context.store.instances.all(cluster));
  return taskSourcesOf(service).flatMap((source) => {
    const definition = definitions.get(source.taskDefinition);
    const requests = waitingRequests({ ...service, plannedStarts }, source, definition);
    return requests.map(({ request, ...of }) => {
      const explained = explainPlacement(candidates, request);
      const outlook = presentOutlook({ scope: context.scope, cluster }, explained);
      return Object.assign({ deploymentId: source.id }, of, outlook);
    });
  });
}

/** A DAEMON's starts are each for one instance: room elsewhere is no use to them. */
function candidatesFor(
  starts: readonly PlannedStart[],
  instances: readonly StoredInstance[],
): readonly StoredInstance[] {
  const wanted = new Set(starts.flatMap(({ containerInstanceId }) => containerInstanceId ?? []));
  return wanted.size === 0 ? instances : instances.filter(({ ledger }) => wanted.has(ledger.id));
}

interface WaitingStart extends PlannedStart {
  readonly unplaced: Unplaced;
}

/** Of the others some may hold their place already, and some are of what is deleted: the next pass drops them. */
function startsThatWait({
  status,
  plannedStarts,
  taskSets = [],
}: Service): readonly WaitingStart[] {
  if (status !== "ACTIVE") return [];
  const deleted = new Set(taskSets.flatMap((set) => (set.status === "DRAINING" ? [set.id] : [])));
  return plannedStarts.filter(
    (start): start is WaitingStart =>
      start.unplaced !== undefined && !deleted.has(start.deploymentId),
  );
}

function waitingTasks(scope: Scope, service: Service): readonly WaitingTasks[] {
  const { cluster } = service;
  const alike = Map.groupBy(startsThatWait(service), ({ deploymentId, unplaced }) =>
    JSON.stringify([deploymentId, unplaced.candidates]),
  );
  return [...alike.values()].flatMap((group) =>
    group.slice(0, 1).map(({ deploymentId, unplaced }) => ({
      deploymentId,
      since: isoTime(Math.min(...group.map((start) => start.unplaced.since))),
      count: group.length,
      instances: unplaced.candidates.map((each) => presentRefusal({ scope, cluster }, each)),
    })),
  );
}

function presentDeployment(
  scope: Scope,
  service: Pick<Service, "desiredCount" | "deploymentConfiguration">,
  deployment: Deployment,
): ExplainedDeployment {
  const { id, status, rolloutState, rolloutStateReason, failedTasks, throttledUntil } = deployment;
  const isWatched = service.deploymentConfiguration.deploymentCircuitBreaker?.enable ?? false;
  return {
    id,
    status,
    taskDefinition: taskDefinitionArn(scope, deployment.taskDefinition),
    rolloutState,
    rolloutStateReason,
    failedTasks,
    ...(isWatched && { failureThreshold: thresholdOf(service) }),
    ...(throttledUntil !== undefined && { throttledUntil: isoTime(throttledUntil) }),
  };
}
