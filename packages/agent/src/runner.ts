import type { PayloadTask } from "@berth/contracts/agent/messages";
import type { Capacity } from "@berth/domain/resources";
import { apply } from "./apply.ts";
import { ClockWatch, MACHINE_CLOCKS } from "./clock.ts";
import type { ContainerEngine, WatchedExit } from "./engine.ts";
import type { AgentEvent, ContainerKey } from "./event.ts";
import type { Log } from "./log.ts";
import { isExplained, LookAround } from "./look-around.ts";
import { taskArnOf, type Operation, type OperationKind } from "./operation.ts";
import { Performer } from "./perform.ts";
import type { TaskStateChange } from "./report.ts";
import { Slots } from "./slots.ts";
import type { TaskSources } from "./sources/task-sources.ts";
import { unfetchedSources } from "./state.ts";
import type { AgentState, ManagedTask, StepSettings } from "./state.ts";
import type { StateFiles } from "./state-files.ts";
import { nextWakeAt, step } from "./step.ts";

export interface RunnerParts {
  readonly engine: ContainerEngine;
  readonly sources: TaskSources;
  readonly files: StateFiles;
  readonly log: Log;
  readonly settings: StepSettings;
  /** How many containers may be created and started at once. */
  readonly engineConcurrency: number;
  readonly capacity: Capacity;
  /** Resolves once the control plane accepted it, or refused it for good. */
  readonly submit: (change: TaskStateChange) => Promise<void>;
  /** How long an operation that does not end keeps others waiting. */
  readonly holdMs?: number;
}

/** What shares a limit on how many run at once. */
type Pool = "engine" | "registry" | "sources" | "waiting";

const POOL: Readonly<Record<OperationKind, Pool>> = {
  pull: "registry",
  ensureVolumes: "engine",
  fetchSources: "sources",
  create: "engine",
  start: "engine",
  clean: "engine",
  stop: "waiting",
  report: "waiting",
};

const REGISTRY_LIMIT = 4;
const SOURCES_LIMIT = 8;

/** One container that is stuck, or a registry that hangs, holds the others up for so long. */
const HOLD_MS = 5_000;

/** A container that the kernel killed for its memory ends with this code. */
const SIGKILL_EXIT = 137;

/** Timers cannot be set for longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The loop around the pure step: applies each event to the state, keeps the record of it, and does
 * what is due, a limited number at once.
 */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #performer: Performer;
  readonly #slots: Readonly<Record<Pool, Slots>>;
  readonly #lookAround: LookAround;
  readonly #clock = new ClockWatch(MACHINE_CLOCKS);
  readonly #stopping = new AbortController();
  readonly #order = new Map<string, number>();
  #state: AgentState;
  #lastOrder = 0;
  #hasLooked = false;
  #timer: NodeJS.Timeout | undefined;
  #onHealthChange: () => void = () => undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#performer = new Performer(parts);
    const sharing = { holdMs: parts.holdMs ?? HOLD_MS, onFree: () => this.#advance() };
    this.#slots = {
      engine: new Slots(parts.engineConcurrency, sharing),
      registry: new Slots(REGISTRY_LIMIT, sharing),
      sources: new Slots(SOURCES_LIMIT, sharing),
      // Stops and reports mostly wait, and must keep nobody waiting.
      waiting: new Slots(Number.POSITIVE_INFINITY, sharing),
    };
    this.#state = { capacity: parts.capacity, tasks: new Map() };
    this.#lookAround = new LookAround({
      ...parts,
      signal: this.#stopping.signal,
      state: () => this.#state,
      onObserved: (observation) => {
        this.#hasLooked = true;
        this.dispatch({ kind: "observed", observation });
        this.#onHealthChange();
      },
    });
  }

  get tasks(): readonly ManagedTask[] {
    return [...this.#state.tasks.values()];
  }

  onHealthChange(listener: () => void): void {
    this.#onHealthChange = listener;
  }

  /** Restores what was recorded, finds its containers, and works from then on. */
  async start(): Promise<void> {
    for (const { order, task } of await this.#parts.files.readTasks()) {
      this.#order.set(task.arn, order);
      this.#lastOrder = order;
      this.#apply({ kind: "taskRestored", task: restored(task) });
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = {
      onWatching: () => void this.#lookAround.look().then(resolve),
      onBroken: (error: unknown) => this.#parts.log.warn("engine-away", { error }),
      onStart: (container: ContainerKey, dockerId: string) =>
        this.dispatch({ kind: "runs", container, dockerId }),
      explains: (running: ReadonlySet<string>) => isExplained(this.#state, running),
      onExit: (key: ContainerKey, exit: WatchedExit) => void this.#onExit(key, exit),
      onHealth: (container: ContainerKey, health: ManagedHealth) => {
        this.dispatch({ kind: "healthChanged", container, health });
        this.#onHealthChange();
      },
    };
    void this.#parts.engine.watch(watcher, this.#stopping.signal);
    await promise;
  }

  /** Takes tasks over; resolves once a restarted agent would know them too. */
  async accept(tasks: readonly PayloadTask[]): Promise<void> {
    await Promise.all(tasks.map((task) => this.#acceptOne(task)));
  }

  refuse(taskArn: string, reason: string): void {
    this.dispatch({ kind: "taskRefused", arn: taskArn, reason });
  }

  stopTask(taskArn: string): void {
    this.dispatch({ kind: "stopOrdered", taskArn });
  }

  dispatch(event: AgentEvent): void {
    if (this.#stopping.signal.aborted) return;
    const byMs = this.#clock.jump();
    if (byMs !== 0) {
      this.#parts.log.warn("clock-set", { byMs: Math.round(byMs) });
      this.#apply({ kind: "clockSet", byMs });
    }
    this.#apply(event);
    this.#advance();
  }

  /** Stops working and leaves all containers as they are. */
  async close(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#parts.files.close();
  }

  async #acceptOne(payload: PayloadTask): Promise<void> {
    const isNew = !this.#state.tasks.has(payload.arn);
    this.dispatch({ kind: "taskArrived", task: payload });
    const task = this.#state.tasks.get(payload.arn);
    if (!isNew || !task) return;
    await this.#parts.files.saveTask(task, this.#orderOf(payload.arn));
    this.dispatch({ kind: "taskRecorded", taskArn: payload.arn });
    this.#keepRecord(task, this.#state.tasks.get(payload.arn));
  }

  #apply(event: AgentEvent): void {
    const before = this.#state;
    this.#state = apply(before, event, Date.now());
    if (event.kind === "begun") return;
    for (const [arn, task] of this.#state.tasks) {
      const old = before.tasks.get(arn);
      if (old && task !== old) this.#keepRecord(old, task);
    }
    if (event.kind === "cleaned") this.#forget(event.taskArn);
  }

  /** Saves what a restarted agent could not learn from the engine. */
  #keepRecord(old: ManagedTask, task: ManagedTask | undefined): void {
    if (task?.recorded && memorable(old) !== memorable(task)) {
      void this.#parts.files.saveTask(task, this.#orderOf(task.arn));
    }
  }

  #forget(taskArn: string): void {
    this.#order.delete(taskArn);
    void this.#parts.files.removeTask(taskArn);
  }

  #orderOf(taskArn: string): number {
    const known = this.#order.get(taskArn);
    if (known !== undefined) return known;
    // Later than all that a former process counted.
    this.#lastOrder = Math.max(this.#lastOrder + 1, Date.now());
    this.#order.set(taskArn, this.#lastOrder);
    return this.#lastOrder;
  }

  #advance(): void {
    // Before the first look at the engine it is not known what exists already.
    if (!this.#hasLooked || this.#stopping.signal.aborted) return;
    const { settings } = this.#parts;
    for (const operation of step(this.#state, settings, Date.now())) {
      const release = this.#slots[POOL[operation.kind]].take();
      if (!release) continue;
      this.#apply({ kind: "begun", taskArn: taskArnOf(operation), operation });
      void this.#perform(operation, release);
    }
    this.#setTimer(nextWakeAt(this.#state, settings, Date.now()));
  }

  async #perform(operation: Operation, release: () => void): Promise<void> {
    const task = this.#state.tasks.get(taskArnOf(operation));
    const outcome = task && (await this.#performer.perform(operation, task));
    release();
    if (outcome) this.dispatch(outcome);
  }

  #setTimer(wakeAt: number | undefined): void {
    clearTimeout(this.#timer);
    if (wakeAt === undefined) return;
    const waitMs = Math.min(MAX_TIMER_MS, Math.max(1, wakeAt - Date.now()));
    this.#timer = setTimeout(() => this.dispatch({ kind: "tick" }), waitMs);
  }

  async #onExit(container: ContainerKey, exit: WatchedExit): Promise<void> {
    const task = this.#state.tasks.get(container.taskArn);
    if (!task) return;
    const found = this.#mustLookAfterExit(task, exit)
      ? await this.#reasonAfterExit(exit.dockerId)
      : undefined;
    // Of one that was told to end, that is the reason, whatever the engine says of its fellows' memory.
    const reason = task.desiredStatus === "RUNNING" ? found : undefined;
    this.dispatch({ kind: "exited", container, exit: { ...exit, ...(reason && { reason }) } });
  }

  /**
   * The engine tells of an exit before it has given the ports back, and answers a question about the
   * container only after: whoever waits for those ports must not be started earlier.
   */
  #mustLookAfterExit({ demand, desiredStatus }: ManagedTask, { exitCode }: WatchedExit): boolean {
    const wasKilled = exitCode === SIGKILL_EXIT && desiredStatus === "RUNNING";
    return wasKilled || demand.tcpPorts.length > 0 || demand.udpPorts.length > 0;
  }

  async #reasonAfterExit(dockerId: string): Promise<string | undefined> {
    try {
      const look = await this.#parts.engine.look(dockerId);
      return look.kind === "there" ? look.container.reason : undefined;
    } catch (error) {
      this.#parts.log.warn("container-not-inspected", { dockerId, error });
      return undefined;
    }
  }
}

type ManagedHealth = NonNullable<ManagedTask["containers"][number]["health"]>;

/**
 * What of a task a restarted agent could not learn from the engine, as one comparable text. That a
 * container was created is part of it: one that is missing later was removed, and must not be made anew.
 */
function memorable({ desiredStatus, reported, containers }: ManagedTask): string {
  const stopped = containers.filter(({ phase }) => phase === "STOPPED").length;
  const created = containers.filter(({ dockerId }) => dockerId !== undefined).length;
  const told = reported.stoppedContainers.length;
  const runs = containers.map(({ down, restarts }) => [restarts?.count, down?.finishedAt].join());
  return [desiredStatus, reported.status, told, created, stopped, ...runs].join();
}

/** As it was recorded, without what the former process was in the middle of. */
function restored(task: ManagedTask): ManagedTask {
  return {
    ...task,
    recorded: true,
    reporting: false,
    cleaning: false,
    volumes: task.volumes === "BUSY" ? "NONE" : task.volumes,
    sources: unfetchedSources(task.payload),
    containers: task.containers.map(
      ({ busy: _busy, retryAt: _retryAt, ...container }) => container,
    ),
  };
}
