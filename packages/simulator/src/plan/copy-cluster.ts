import { payloadTask } from "@berth/control-plane/agents/payload";
import type { Alarms, CommandContext } from "@berth/control-plane/context";
import type { Task } from "@berth/domain/task";
import { containerInstanceArn } from "@berth/domain/arn";
import type { AgentSession } from "@berth/domain/session";
import type { New, StoredInstance } from "@berth/store/store";
import type { Behaviour } from "../world/behaviour.ts";
import { ClusterView } from "../world/cluster-view.ts";
import { Random } from "../world/random.ts";
import { Scheduler } from "../world/scheduler.ts";
import { SimulatedAgent } from "../world/simulated-agent.ts";
import type { AdoptedState } from "../world/simulated-tasks.ts";
import { World } from "../world/world.ts";
import type { ClusterSnapshot } from "./read-cluster.ts";

export interface ClusterCopy {
  readonly world: World;
  readonly view: ClusterView;
}

export interface CopyOptions {
  readonly seed: number;
  /** Beyond what is looked at, in ms: until then every agent that is there stays. */
  readonly farMs: number;
  readonly alarms: Alarms;
  behaviour(view: ClusterView): Behaviour;
}

/**
 * The cluster in a world of its own, standing at this moment. Agents that are connected stay so
 * without heartbeats; those that are away are as far on their way to being given up as they are.
 */
export async function copyCluster(
  context: CommandContext,
  snapshot: ClusterSnapshot,
  options: CopyOptions,
): Promise<ClusterCopy> {
  const { farMs } = options;
  const view = new ClusterView();
  const world = new World({
    scheduler: new Scheduler(context.now()),
    random: new Random(options.seed),
    scope: context.scope,
    principalArn: context.principalArn,
    settings: {
      ...context.settings,
      heartbeatIntervalMs: farMs,
      leaseMs: farMs,
      auditIntervalMs: farMs,
    },
    alarms: options.alarms,
    watcher: view,
  });
  await writeState(world, snapshot, context.now() + farMs);
  const behaviour = options.behaviour(view);
  const sessions = new Map(snapshot.sessions.map((each) => [each.containerInstanceId, each]));
  const tasks = Map.groupBy(snapshot.tasks, ({ containerInstanceId }) => containerInstanceId);
  for (const stored of snapshot.instances) {
    const { id } = stored.ledger;
    const agent = addAgent(world, stored, sessions.get(id), behaviour);
    if (agent.connectionId === undefined) continue;
    for (const task of tasks.get(id) ?? []) adopt({ world, view }, agent, task);
  }
  return { world, view };
}

async function writeState(world: World, snapshot: ClusterSnapshot, far: number): Promise<void> {
  const { clusters, taskDefinitions, instances, sessions, services, queuedRuns, tasks } =
    world.truth;
  await clusters.create(snapshot.cluster);
  for (const each of snapshot.definitions.values()) await taskDefinitions.create(each);
  for (const { instance, ledger } of snapshot.instances) await instances.create(instance, ledger);
  for (const service of snapshot.services) await services.create(service);
  for (const run of snapshot.queuedRuns) await queuedRuns.create(run);
  for (const task of snapshot.tasks) await tasks.create(task);
  for (const session of snapshot.sessions) {
    await sessions.create(steady(session, far));
    const { connectionId, cluster, containerInstanceId, connectedAt = 0 } = session;
    if (connectionId === undefined) continue;
    const connection = { connectionId, cluster, containerInstanceId, connectedAt };
    await sessions.createConnection({ ...connection, kind: "acs" });
  }
}

/** A connection that is greeted asks for nothing more; any other is as it was. */
function steady(session: New<AgentSession>, far: number): New<AgentSession> {
  const { connectionId, greetedConnectionId } = session;
  return connectionId === undefined || connectionId !== greetedConnectionId
    ? session
    : { ...session, leaseUntil: far, nextHeartbeatAt: far, auditedAt: far, due: far };
}

function addAgent(
  world: World,
  { instance, ledger }: StoredInstance,
  session: AgentSession | undefined,
  behaviour: Behaviour,
): SimulatedAgent {
  const { cluster, id, ec2InstanceId, attributes } = instance;
  const agent = new SimulatedAgent(world, {
    zone: attributes.find(({ name }) => name === "ecs.availability-zone")?.value ?? "",
    behaviour,
    ...(ec2InstanceId !== undefined && { ec2InstanceId }),
  });
  const connectionId = ledger.agentConnected ? session?.connectionId : undefined;
  agent.takeOver(containerInstanceArn(world.scope, cluster, id), connectionId);
  world.agents.push(agent);
  return agent;
}

function adopt({ world, view }: ClusterCopy, agent: SimulatedAgent, task: Task): void {
  const definition = view.definitions.get(task.taskDefinition);
  if (!definition || task.lastStatus === "STOPPED") return;
  const since = task.lastStatus === "PENDING" ? undefined : task.startedAt;
  agent.adopt(payloadTask(world.scope, task, definition), {
    is: adoptedAs(task, view),
    sinceMs: world.scheduler.now - (since ?? task.createdAt),
  });
}

function adoptedAs(task: Task, view: ClusterView): AdoptedState["is"] {
  if (task.lastStatus === "PENDING") return "starting";
  return view.conditionOf(task) === "WARMING" ? "warming" : "running";
}
