import { misfit, remaining } from "@berth/domain/container-instance";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { isServiceTask, serviceGroup } from "@berth/domain/task";
import { TASK_STATUSES } from "@berth/domain/task-status";
import type { Store, Stored, StoredInstance } from "@berth/store/store";

export interface Snapshot {
  readonly instances: readonly StoredInstance[];
  readonly live: ReadonlyMap<string, Stored<Task>>;
  readonly archived: ReadonlyMap<string, Stored<Task>>;
  readonly services: ReadonlyMap<string, Stored<Service>>;
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
  };
}

const archivedTasks = async (store: Store, cluster: string) =>
  byId((await store.tasks.page({ cluster, archived: true }, EVERYTHING)).items);

const byId = (tasks: readonly Stored<Task>[]): Snapshot["live"] =>
  new Map(tasks.map((task) => [task.id, task]));

/** What a user asked of a service lately: bounds hold for what was asked when a decision was made. */
export interface Asked {
  readonly at: number;
  readonly desiredCount: number;
}

const MEMORY_MS = 60_000;
/** How old a death may be to excuse a stop that was decided before it was known. */
const UNKNOWN_DEATH_MS = 3_000;

/** Looks at every committed state and at every step between two of them. */
export class Invariants {
  readonly broken: string[] = [];
  readonly #asked = new Map<string, Asked[]>();
  readonly #deaths = new Map<string, number[]>();
  /** Every id that a service ever committed to start. */
  readonly #planned = new Set<string>();
  #before: Snapshot | undefined;

  asked(service: string, desiredCount: number, at: number): void {
    const history = this.#asked.get(service) ?? [];
    this.#asked.set(service, [...history, { at, desiredCount }]);
  }

  check(after: Snapshot, now: number): void {
    const before = this.#before;
    this.#before = after;
    this.#noOvercommit(after);
    for (const { plannedStarts } of after.services.values()) {
      for (const { taskId } of plannedStarts) this.#planned.add(taskId);
    }
    if (!before) return;
    for (const task of after.live.values()) {
      if (!before.live.has(task.id)) this.#bornInOrder(task, after);
    }
    for (const [id, task] of after.live) this.#onlyForward(id, before, task);
    for (const name of after.services.keys()) this.#withinBounds(name, before, after, now);
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

  #withinBounds(name: string, before: Snapshot, after: Snapshot, now: number): void {
    const service = after.services.get(name);
    if (service?.schedulingStrategy !== "REPLICA") return;
    const tasksOf = (snapshot: Snapshot) =>
      [...snapshot.live.values()].filter((task) => task.group === serviceGroup(name));
    const [earlier, later] = [tasksOf(before), tasksOf(after)];
    this.#remember(name, earlier, after, now);
    const asked = this.#recent(name, now);
    const { minimumHealthyPercent, maximumPercent } = service.deploymentConfiguration;
    const ceiling = Math.floor((Math.max(...asked) * maximumPercent) / 100);
    const floor = Math.ceil((Math.min(...asked) * minimumHealthyPercent) / 100);
    const alive = (tasks: readonly Task[]) =>
      tasks.filter((task) => task.lastStatus !== "STOPPED").length;
    /** I3 */
    if (alive(later) > alive(earlier) && alive(later) > Math.max(ceiling, 1)) {
      this.broken.push(`I3 ${name} has ${alive(later)} tasks, ceiling ${ceiling}`);
    }
    const unknownDeaths = (this.#deaths.get(name) ?? []).length;
    const orderedNow = later.filter((task) => isOrdered(task, before));
    /** I4 */
    if (
      service.status === "ACTIVE" &&
      orderedNow.length > 0 &&
      healthy(later) + unknownDeaths < floor
    ) {
      this.broken.push(`I4 ${name} has ${healthy(later)} healthy tasks, floor ${floor}`);
    }
  }

  /** Tasks that stopped running without having been told to. */
  #remember(name: string, earlier: readonly Task[], after: Snapshot, now: number): void {
    const died = earlier.filter((task) => {
      const later = after.live.get(task.id) ?? after.archived.get(task.id);
      const wasHealthy = task.lastStatus === "RUNNING" && task.desiredStatus === "RUNNING";
      return wasHealthy && (later === undefined || later.lastStatus === "STOPPED");
    });
    const known = (this.#deaths.get(name) ?? []).filter((at) => at > now - UNKNOWN_DEATH_MS);
    this.#deaths.set(name, [...known, ...died.map(() => now)]);
  }

  #recent(name: string, now: number): readonly number[] {
    const history = this.#asked.get(name) ?? [];
    const recent = history.filter(({ at }) => at > now - MEMORY_MS);
    const last = history.findLast(({ at }) => at <= now - MEMORY_MS);
    return [...(last ? [last] : []), ...recent].map(({ desiredCount }) => desiredCount);
  }
}

/** Berth itself ordered this stop of a healthy task just now. */
function isOrdered(task: Task, before: Snapshot): boolean {
  const earlier = before.live.get(task.id);
  return (
    earlier?.desiredStatus === "RUNNING" &&
    earlier.lastStatus === "RUNNING" &&
    task.desiredStatus === "STOPPED" &&
    task.stopCode === "ServiceSchedulerInitiated" &&
    task.stoppedReason !== "Task failed container health checks"
  );
}

const healthy = (tasks: readonly Task[]): number =>
  tasks.filter((task) => task.lastStatus === "RUNNING" && task.desiredStatus === "RUNNING").length;
