import type { PlannedMove } from "@berth/contracts/rest/plan";
import { containerInstanceArn, taskArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { isProtected, serviceGroup } from "@berth/domain/task";
import { namedDefinitions, type TaskSource } from "@berth/domain/task-source";
import { planMoves } from "@berth/planner/rebalance/plan-moves";
import type { Move } from "@berth/planner/rebalance/plan-moves";
import { activeCluster } from "../commands/find-cluster.ts";
import { serviceName } from "../commands/identifiers.ts";
import type { CommandContext } from "../context.ts";
import { definitionsNamed } from "../definition-cache.ts";
import { serviceRequest } from "../placement/service-request.ts";
import { persist, withDue } from "../reconcile/persist.ts";

/** The tasks that are to be replaced, and where the strategy would place their successors now. */
export interface RebalancedService {
  readonly moves: readonly PlannedMove[];
}

/** As many tasks as a service tries to place at a time. */
const MAX_MOVES = 100;

/**
 * Has a service move the tasks that would stand better elsewhere by its strategy: they are marked,
 * and its controller replaces them as it does those of a draining instance, within its percentages.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotActiveException, ServiceNotFoundException
 */
export async function rebalanceService(
  context: CommandContext,
  request: { readonly cluster?: string; readonly service: string },
): Promise<RebalancedService> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const name = serviceName(context.scope, cluster, request.service);
  const service = await context.store.services.findLatest(cluster, name);
  if (!service) throw new EcsError("ServiceNotFoundException", "Service not found.");
  if (service.status !== "ACTIVE") {
    throw new EcsError("ServiceNotActiveException", "Service was not ACTIVE.");
  }
  if (service.schedulingStrategy === "DAEMON") {
    throw new EcsError(
      "InvalidParameterException",
      `service: ${name} is a DAEMON, which has one task on every container instance that suits it.`,
    );
  }
  const moves = await moveTasks(context, service);
  const instanceArn = (id: string) => containerInstanceArn(context.scope, cluster, id);
  return {
    moves: moves.map(({ taskId, from, to }) => ({
      task: taskArn(context.scope, cluster, taskId),
      from: instanceArn(from),
      to: instanceArn(to),
    })),
  };
}

/**
 * Marks the service before its tasks, in case this process dies among them, and after them, since its
 * controller may have looked in between and seen nothing to do. Who repeats this wakes it again.
 */
async function moveTasks(context: CommandContext, service: Service): Promise<readonly Move[]> {
  const { cluster, name } = service;
  const tasks = await context.store.tasks.ofGroup(cluster, serviceGroup(name));
  const areMoving = tasks.some(({ moving }) => moving);
  // Where the successors of those that move already will be is not known yet.
  const moves = areMoving ? [] : await movesOf(context, service, tasks);
  if (moves.length > 0) {
    await markService(context, service);
    await Promise.all(moves.map(({ taskId }) => mark(context, cluster, taskId)));
  }
  if (areMoving || moves.length > 0) {
    await markService(context, service);
    await context.relay.wake({ kind: "service", cluster, service: name });
  }
  return moves;
}

async function movesOf(
  context: CommandContext,
  service: Service,
  tasks: readonly Task[],
): Promise<readonly Move[]> {
  const [candidates, definitions] = await Promise.all([
    context.store.instances.all(service.cluster),
    definitionsNamed(context, namedDefinitions(service)),
  ]);
  for (const source of sourcesAtRest(service)) {
    const definition = definitions.get(source.taskDefinition);
    const movable = tasks
      .filter((task) => task.startedBy === source.id && isMovable(task, context.now()))
      .map(({ id, containerInstanceId }) => ({ taskId: id, containerInstanceId }));
    if (!definition || movable.length === 0) continue;
    const wish = serviceRequest(service, { taskIds: [], definition, seed: service.name, source });
    const moves = planMoves(candidates, { ...wish, tasks: movable, maxMoves: MAX_MOVES });
    if (moves.length > 0) return moves;
  }
  return [];
}

/** Task sets move one after the other: what one moves changes what is best for the next. */
const sourcesAtRest = ({ deployments, taskSets = [] }: Service): readonly TaskSource[] =>
  [...deployments.slice(0, 1), ...taskSets].filter(({ status }) => status !== "DRAINING");

/** It runs and is wanted, and neither moves already nor is protected from it. */
const isMovable = (task: Task, now: number): boolean =>
  task.lastStatus === "RUNNING" &&
  task.desiredStatus === "RUNNING" &&
  !task.draining &&
  !task.moving &&
  !isProtected(task, now);

/** The sweep finds it then, should the message that wakes it be lost. */
async function markService(context: CommandContext, { cluster, name }: Service): Promise<void> {
  const { services } = context.store;
  await persist<Service>(
    async () => services.findLatest(cluster, name),
    (service) => (service.status === "ACTIVE" ? withDue(service, context.now()) : undefined),
    (service) => services.replace(service),
  );
}

/** One that stops meanwhile is replaced anyway. */
async function mark(context: CommandContext, cluster: string, taskId: string): Promise<void> {
  await persist<Task>(
    async () => context.store.tasks.find(cluster, taskId),
    (task) => (isMovable(task, context.now()) ? { ...task, moving: true } : undefined),
    (task) => context.store.tasks.replace(task),
  );
}
