import type { InstanceLedger } from "@berth/domain/container-instance";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { taskDefinitionName } from "@berth/domain/task-definition";
import { assessTask } from "@berth/planner/service/task-condition";
import type { TaskCondition } from "@berth/planner/service/task-condition";
import type { StoreWatcher } from "./watched-store.ts";

/** The tasks of one group that are not STOPPED, counted. */
export interface Tally {
  /** All of them. */
  total: number;
  /** On their way to RUNNING, and wanted. */
  pending: number;
  running: number;
  /** Of those that run: wanted, and not unhealthy. */
  healthy: number;
  /** By availability zone. */
  readonly zones: Map<string, number>;
}

export interface Reserved {
  cpuUnits: number;
  memoryMiB: number;
}

/** Is told of what changed, after it was counted. */
export interface ClusterListener {
  onTask?(before: Task | undefined, after: Task): void;
  onService?(before: Service | undefined, after: Service): void;
  onReserved?(reserved: Reserved): void;
}

/** What a world's store holds, kept up to date with every write, so that nothing need be read. */
export class ClusterView implements StoreWatcher {
  /** Those that are not STOPPED, by id. */
  readonly tasks = new Map<string, Task>();
  readonly services = new Map<string, Service>();
  /** By `family:revision`. */
  readonly definitions = new Map<string, TaskDefinition>();
  readonly tallies = new Map<string, Tally>();
  readonly reserved: Reserved = { cpuUnits: 0, memoryMiB: 0 };
  readonly listeners: ClusterListener[] = [];
  readonly #held = new Map<string, Reserved>();
  readonly #checkedContainers: Record<string, readonly string[]> = {};

  onTaskDefinition(definition: TaskDefinition): void {
    const name = taskDefinitionName(definition);
    this.definitions.set(name, definition);
    this.#checkedContainers[name] = definition.containerDefinitions
      .filter(({ healthCheck, essential }) => healthCheck !== undefined && essential)
      .map(({ name }) => name);
  }

  onTask(task: Task): void {
    const before = this.tasks.get(task.id);
    if (before) this.#count(before, -1);
    if (task.lastStatus === "STOPPED") this.tasks.delete(task.id);
    else {
      this.tasks.set(task.id, task);
      this.#count(task, 1);
    }
    for (const listener of this.listeners) listener.onTask?.(before, task);
  }

  onService(service: Service): void {
    const before = this.services.get(service.name);
    this.services.set(service.name, service);
    for (const listener of this.listeners) listener.onService?.(before, service);
  }

  onLedger({ id, reservations }: InstanceLedger): void {
    const held = { cpuUnits: 0, memoryMiB: 0 };
    for (const { cpuUnits, memoryMiB } of Object.values(reservations)) {
      held.cpuUnits += cpuUnits;
      held.memoryMiB += memoryMiB;
    }
    const before = this.#held.get(id) ?? { cpuUnits: 0, memoryMiB: 0 };
    this.#held.set(id, held);
    this.reserved.cpuUnits += held.cpuUnits - before.cpuUnits;
    this.reserved.memoryMiB += held.memoryMiB - before.memoryMiB;
    for (const listener of this.listeners) listener.onReserved?.(this.reserved);
  }

  tallyOf(group: string): Tally {
    const tally = this.tallies.get(group) ?? newTally();
    this.tallies.set(group, tally);
    return tally;
  }

  /** As its service sees it. Healthy as soon as it runs where it has no health check. */
  conditionOf(task: Task): TaskCondition {
    const rules = {
      checkedContainers: this.#checkedContainers,
      healthyAfterMs: 0,
      gracePeriodMs: 0,
    };
    return assessTask(task, rules, Number.POSITIVE_INFINITY).condition;
  }

  #count(task: Task, by: 1 | -1): void {
    const tally = this.tallyOf(task.group);
    const condition = this.conditionOf(task);
    const zone = task.availabilityZone ?? "";
    tally.total += by;
    tally.zones.set(zone, (tally.zones.get(zone) ?? 0) + by);
    if (condition === "PENDING") tally.pending += by;
    if (condition === "HEALTHY") tally.healthy += by;
    if (task.lastStatus === "RUNNING") tally.running += by;
  }
}

const newTally = (): Tally => ({
  total: 0,
  pending: 0,
  running: 0,
  healthy: 0,
  zones: new Map(),
});
