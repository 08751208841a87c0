import type {
  EcsOperationName,
  EcsRequest,
  EcsResponse,
} from "@berth/contracts/ecs-api/operations";
import type { PlannedChange } from "@berth/contracts/rest/plan";
import { clusterName, containerInstanceId } from "@berth/control-plane/commands/identifiers";
import type { CommandContext } from "@berth/control-plane/context";
import { noteHost } from "@berth/control-plane/hosts/note-host";
import type { RebalancedService } from "@berth/control-plane/rest/rebalance-service";
import type { Scope } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { SimulatedAgent } from "../world/simulated-agent.ts";
import type { World } from "../world/world.ts";

/** The control plane to which a change is made, imagined or real. */
export interface Changeable {
  call<Name extends EcsOperationName>(
    name: Name,
    request: EcsRequest<Name>,
  ): Promise<EcsResponse<Name>>;
  rebalance(service: string): Promise<RebalancedService>;
}

type TaskSetOperation = Extract<
  PlannedChange,
  { createTaskSet: unknown } | { updateTaskSet: unknown } | { deleteTaskSet: unknown }
>;

export type Operation = Extract<
  PlannedChange,
  | { runTask: unknown }
  | { createService: unknown }
  | { updateService: unknown }
  | TaskSetOperation
  | { drain: unknown }
  | { rebalance: unknown }
>;

/** What somebody can do, rather than what happens. */
export const isOperation = (change: PlannedChange): change is Operation =>
  !("loseInstance" in change || "loseZone" in change);

/**
 * Does to a cluster what the change says. The same requests go to the copy and, when the plan is
 * applied, to the cluster itself.
 *
 * @throws EcsError what the operation throws; InvalidParameterException for an instance that is not there
 */
export async function carryOut(change: Operation, cluster: string, to: Changeable) {
  if ("rebalance" in change) return to.rebalance(change.rebalance);
  if ("runTask" in change) return to.call("RunTask", { ...change.runTask, cluster });
  if ("createService" in change)
    return to.call("CreateService", { ...change.createService, cluster });
  if ("updateService" in change)
    return to.call("UpdateService", { ...change.updateService, cluster });
  if (!("drain" in change)) return changeTaskSets(change, cluster, to);
  const containerInstances = [...change.drain];
  const answer = await to.call("UpdateContainerInstancesState", {
    cluster,
    containerInstances,
    status: "DRAINING",
  });
  const [failure] = answer.failures ?? [];
  if (failure) throw invalid(`${failure.arn} cannot be drained: ${failure.reason}.`);
  return answer;
}

async function changeTaskSets(change: TaskSetOperation, cluster: string, to: Changeable) {
  if ("createTaskSet" in change) {
    return to.call("CreateTaskSet", { ...change.createTaskSet, cluster });
  }
  if ("updateTaskSet" in change) {
    return to.call("UpdateTaskSet", { ...change.updateTaskSet, cluster });
  }
  return to.call("DeleteTaskSet", { ...change.deleteTaskSet, cluster });
}

/** @throws EcsError InvalidParameterException where nothing of the kind is there to be lost */
export async function lose(
  world: World,
  change: Exclude<PlannedChange, Operation>,
  cluster: string,
  hostNotice: boolean,
): Promise<void> {
  const lost =
    "loseZone" in change
      ? world.agents.filter(({ zone }) => zone === change.loseZone)
      : [instanceNamed(world, cluster, change.loseInstance)];
  if (lost.length === 0) {
    const zone = "loseZone" in change ? change.loseZone : "";
    throw invalid(`No container instance of the cluster is in the availability zone ${zone}.`);
  }
  for (const agent of lost) await loseMachine(world, agent, hostNotice);
}

/** Its power is cut: the connection breaks, and EC2 may tell of it. */
export async function loseMachine(
  world: World,
  agent: SimulatedAgent,
  hostNotice: boolean,
): Promise<void> {
  const { ec2InstanceId } = agent;
  agent.powerOff();
  if (!hostNotice || ec2InstanceId === undefined) return;
  const notice = { ec2InstanceId, state: "terminated", at: world.scheduler.now } as const;
  await world.inProcess(async (context) => noteHost(context, notice));
}

/**
 * The same change on the cluster that the plan names, with the ids of instances for ARNs.
 *
 * @throws EcsError InvalidParameterException where the request inside names another cluster
 */
export function checkCluster(
  context: CommandContext,
  change: PlannedChange,
  cluster: string,
): void {
  const [request] = Object.values(change) as readonly unknown[];
  const named = (request as { readonly cluster?: unknown }).cluster;
  if (typeof named !== "string" || clusterName(context.scope, named) === cluster) return;
  throw invalid(`The change names the cluster ${named}, and the plan ${cluster}.`);
}

/** Of a service or task that the change starts. */
export function taskDefinitionOf(change: PlannedChange): string | undefined {
  if ("runTask" in change) return change.runTask.taskDefinition;
  if ("createService" in change) return change.createService.taskDefinition;
  if ("createTaskSet" in change) return change.createTaskSet.taskDefinition;
  return "updateService" in change ? change.updateService.taskDefinition : undefined;
}

/** The change with exactly this definition, where it names one. */
export function withTaskDefinition<Change extends PlannedChange>(
  change: Change,
  taskDefinition: string | undefined,
): Change {
  if (taskDefinition === undefined) return change;
  return Object.fromEntries(
    Object.entries(change).map(([kind, request]) => [
      kind,
      { ...(request as object), taskDefinition },
    ]),
  ) as Change;
}

function instanceNamed(world: World, cluster: string, idOrArn: string): SimulatedAgent {
  const id = instanceId(world.scope, cluster, idOrArn);
  const agent = world.agents.find((each) => each.id === id);
  if (!agent) throw invalid(`Referenced container instance ${id} not found.`);
  return agent;
}

const instanceId = (scope: Scope, cluster: string, idOrArn: string): string =>
  containerInstanceId(scope, cluster, idOrArn);

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
