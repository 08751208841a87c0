import { misfit, remaining } from "@berth/domain/container-instance";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { isServiceTask } from "@berth/domain/task";
import { taskDefinitionName } from "@berth/domain/task-definition";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { TASK_STATUSES } from "@berth/domain/task-status";
import { ClusterView } from "@berth/simulator/world/cluster-view";
import { ServiceBounds } from "@berth/simulator/world/service-bounds";
import type { Store, Stored, StoredInstance } from "@berth/store/store";

export interface Snapshot {
  readonly instances: readonly StoredInstance[];
  readonly live: ReadonlyMap<string, Stored<Task>>;
  readonly archived: ReadonlyMap<string, Stored<Task>>;
  readonly services: ReadonlyMap<string, Stored<Service>>;
  /** Of all tasks that were live so far, by `family:revision`. */
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
}

const EVERYTHING = { limit: 10_000 };

/** @param before The archive is read again only where a task has left for it since. */
export async function snapshotOf(store: Store, before?: Snapshot): Promise<Snapshot> {
  const cluster = "default";
  const [instances, tasks, services] = await Promise.all([
    store.instances.all(cluster),
    store.tasks.page({ cluster, archived: false }, EVERYTHING),
    store.services.page(cluster, EVERYTHING),
  ]);
  const live = byId(tasks.items);
  const areAllThere = before?.live.keys().every((id) => live.has(id)) ?? false;
  return {
    instances,
    live,
    archived: before && areAllThere ? before.archived : await archivedTasks(store, cluster),
    services: new Map(services.items.map((service) => [service.name, service])),
    definitions: await definitionsOf(store, tasks.items, before?.definitions),
  };
}

async function definitionsOf(
  store: Store,
  tasks: readonly Task[],
  known: Snapshot["definitions"] = new Map(),
): Promise<Snapshot["definitions"]> {
  const names = new Set(tasks.map(({ taskDefinition }) => taskDefinition));
  const unknown = [...names].filter((name) => !known.has(name));
  if (unknown.length === 0) return known;
  const read = await Promise.all(
    unknown.map(async (name) => {
      const [family = "", revision] = name.split(":");
      return store.taskDefinitions.find(family, Number(revision));
    }),
  );
  const found = read.filter((each) => each !== undefined);
  return new Map([...known, ...found.map((each) => [taskDefinitionName(each), each] as const)]);
}

const archivedTasks = async (store: Store, cluster: string) =>
  byId((await store.tasks.page({ cluster, archived: true }, EVERYTHING)).items);

const byId = (tasks: readonly Stored<Task>[]): Snapshot["live"] =>
  new Map(tasks.map((task) => [task.id, task]));

/** Looks at every committed state and at every step between two of them. */
export class Invariants {
  readonly broken: string[] = [];
  readonly #view = new ClusterView();
  readonly #clock = { now: 0 };
  readonly #bounds = new ServiceBounds(this.#view, this.#clock);
  /** Every id that a service ever committed to start. */
  readonly #planned = new Set<string>();
  #before: Snapshot | undefined;

  check(after: Snapshot, now: number): void {
    const before = this.#before;
    this.#before = after;
    this.#withinBounds(before, after, now);
    this.#noOvercommit(after);
    for (const { plannedStarts } of after.services.values()) {
      for (const { taskId } of plannedStarts) this.#planned.add(taskId);
    }
    if (!before) return;
    for (const task of after.live.values()) {
      if (!before.live.has(task.id)) this.#bornInOrder(task, after);
    }
    for (const [id, task] of after.live) this.#onlyForward(id, before, task);
  }

  /** I3, I4 */
  #withinBounds(before: Snapshot | undefined, after: Snapshot, now: number): void {
    this.#clock.now = now;
    for (const definition of news(before?.definitions, after.definitions)) {
      this.#view.onTaskDefinition(definition);
    }
    for (const service of news(before?.services, after.services)) this.#view.onService(service);
    for (const task of news(before?.archived, after.archived)) {
      if (this.#view.tasks.has(task.id)) this.#view.onTask(task);
    }
    for (const task of news(before?.live, after.live)) this.#view.onTask(task);
    for (const { invariant, service, text } of this.#bounds.violations.splice(0)) {
      this.broken.push(`${invariant} ${service}: ${text}`);
    }
  }

  /** I1 */
  #noOvercommit({ instances }: Snapshot): void {
    const nothing = { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [] };
    for (const { instance, ledger } of instances) {
      const left = remaining(instance.registered, ledger);
      const reason = misfit(left, nothing);
      if (reason) this.broken.push(`I1 overcommit on ${ledger.id}: ${reason}`);
      if (new Set(left.usedTcpPorts).size < left.usedTcpPorts.length) {
        this.broken.push(`I1 a port is held twice on ${ledger.id}`);
      }
    }
  }

  /** I5, I8 */
  #bornInOrder(task: Task, { instances }: Snapshot): void {
    const home = instances.find(({ ledger }) => ledger.id === task.containerInstanceId);
    if (!home || !(task.id in home.ledger.reservations)) {
      this.broken.push(`I5 ${task.id} was written without a reservation`);
    }
    if (isServiceTask(task) && !this.#planned.has(task.id)) {
      this.broken.push(`I8 ${task.id} was started before ${task.group} committed to it`);
    }
  }

  /** I2, I7 */
  #onlyForward(id: string, before: Snapshot, task: Task): void {
    const earlier = before.live.get(id);
    if (before.archived.has(id) && !earlier)
      this.broken.push(`I7 ${id} came back from the archive`);
    if (!earlier || earlier === task) return;
    const rank = (each: Task) => TASK_STATUSES.indexOf(each.lastStatus);
    if (rank(task) < rank(earlier)) {
      this.broken.push(`I7 ${id} went back from ${earlier.lastStatus} to ${task.lastStatus}`);
    }
    if (earlier.desiredStatus === "STOPPED" && task.desiredStatus === "RUNNING") {
      this.broken.push(`I7 ${id} is wanted again after its stop was ordered`);
    }
    if (earlier.containerInstanceId !== task.containerInstanceId) {
      this.broken.push(`I2 ${id} moved from one instance to another`);
    }
  }
}

/** What is not as it was before. */
const news = <T>(before: ReadonlyMap<string, T> | undefined, after: ReadonlyMap<string, T>) =>
  [...after].flatMap(([id, value]) => (before?.get(id) === value ? [] : [value]));
