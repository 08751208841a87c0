import { activeCluster } from "@berth/control-plane/commands/find-cluster";
import { collect, everyPage } from "@berth/control-plane/commands/every-page";
import type { CommandContext } from "@berth/control-plane/context";
import { definitionsNamed } from "@berth/control-plane/definition-cache";
import { namedDefinitions } from "@berth/domain/task-source";
import type { Cluster } from "@berth/domain/cluster";
import { EcsError } from "@berth/domain/errors";
import type { QueuedRun } from "@berth/domain/queued-run";
import type { Service } from "@berth/domain/service";
import type { AgentSession } from "@berth/domain/session";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Task } from "@berth/domain/task";
import { serviceGroup } from "@berth/domain/task";
import type { Stored, StoredInstance } from "@berth/store/store";

/** What a plan may be made of: an answer of the API has seconds and one process's memory. */
const PLAN_LIMITS = {
  containerInstances: 2_000,
  tasks: 20_000,
  services: 500,
  queuedRuns: 500,
} as const;

/** One cluster as it was read: all that bears on what happens next. */
export interface ClusterSnapshot {
  readonly cluster: Stored<Cluster>;
  readonly instances: readonly StoredInstance[];
  readonly sessions: readonly Stored<AgentSession>[];
  readonly services: readonly Stored<Service>[];
  /** That are WAITING. */
  readonly queuedRuns: readonly Stored<QueuedRun>[];
  /** That are not STOPPED, or whose service has yet to account for them. */
  readonly tasks: readonly Stored<Task>[];
  /** By `family:revision`. */
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
}

/**
 * Reads services first, then their tasks, then instances and the tasks that these name: what is read
 * later knows of what was read before. Where something moves in between, applying the plan is refused.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, LimitExceededException
 */
export async function readCluster(
  context: CommandContext,
  nameOrArn: string | undefined,
): Promise<ClusterSnapshot> {
  const { store } = context;
  const cluster = await activeCluster(context, nameOrArn);
  const services = await collect(everyPage((page) => store.services.page(cluster.name, page)));
  checkLimit("services", services.length);
  const instances = await store.instances.all(cluster.name);
  checkLimit("containerInstances", instances.length);
  const held = instances.flatMap(({ ledger }) => Object.keys(ledger.reservations));
  checkLimit("tasks", held.length);
  const [tasks, queuedRuns, sessions] = await Promise.all([
    readTasks(context, cluster.name, services, held),
    store.queuedRuns.oldestWaiting(cluster.name, PLAN_LIMITS.queuedRuns + 1),
    store.sessions.findMany(
      cluster.name,
      instances.map(({ ledger }) => ledger.id),
    ),
  ]);
  checkLimit("tasks", tasks.length);
  checkLimit("queuedRuns", queuedRuns.length);
  const definitions = await definitionsNamed(context, [
    ...services.flatMap(namedDefinitions),
    ...[...tasks, ...queuedRuns].map(({ taskDefinition }) => taskDefinition),
  ]);
  return { cluster, instances, sessions, services, queuedRuns, tasks, definitions };
}

/** The ledgers name what runs: the many tasks that stopped long ago are not looked at. */
async function readTasks(
  { store }: CommandContext,
  cluster: string,
  services: readonly Service[],
  held: readonly string[],
): Promise<readonly Stored<Task>[]> {
  const ofServices = await Promise.all(
    services.map(async ({ name }) => store.tasks.ofGroup(cluster, serviceGroup(name))),
  );
  const tasks = ofServices.flat();
  const known = new Set(tasks.map(({ id }) => id));
  const others = await store.tasks.findMany(
    cluster,
    held.filter((id) => !known.has(id)),
  );
  return [...tasks, ...others.filter(({ lastStatus }) => lastStatus !== "STOPPED")];
}

function checkLimit(kind: keyof typeof PLAN_LIMITS, count: number): void {
  const most = PLAN_LIMITS[kind];
  if (count <= most) return;
  throw new EcsError(
    "LimitExceededException",
    `A plan can be made of at most ${most} ${kind}; the cluster has ${count}.`,
  );
}
