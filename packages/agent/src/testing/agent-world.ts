import type { PayloadTask } from "@berth/contracts/agent/messages";
import { defined } from "@berth/domain/defined";
import { assert } from "@berth/domain/errors";
import { apply } from "../apply.ts";
import { dependenciesOf } from "../dependencies.ts";
import type { AgentEvent, ContainerKey } from "../event.ts";
import { knownBefore } from "../observe.ts";
import { type Operation, taskArnOf } from "../operation.ts";
import { hasSources } from "../sources/needs.ts";
import { containerOf, definitionOf, isAtLeast, isStopped, unfetchedSources } from "../state.ts";
import type { AgentState, ManagedTask, ObservedContainer, ReportedStatus } from "../state.ts";
import { step } from "../step.ts";

const SETTINGS = { cleanupWaitMs: 1_000, stopTimeoutMs: 1_000 };
const CAPACITY = { cpuUnits: 256, memoryMiB: 256, usedTcpPorts: [], usedUdpPorts: [] };

interface EngineContainer extends ContainerKey {
  isRunning: boolean;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  exitCode: number | undefined;
}

/**
 * An agent's core in a world where anything may come late, fail or never be heard. `choose` decides
 * everything that is left open, so that one list of numbers replays one history.
 */
export class AgentWorld {
  state: AgentState = { capacity: CAPACITY, tasks: new Map() };
  /** What the engine really has, by its id. */
  readonly engine = new Map<string, EngineContainer>();
  readonly accepted = new Map<string, string[]>();
  #pending: Operation[] = [];
  /** For which tasks this process has what they are made of. */
  readonly #fetched = new Set<string>();
  /** Exits and outcomes that were not heard yet. */
  #unheard: AgentEvent[] = [];
  #now = 1;
  /** One of so many, from 0. */
  readonly #choose: (count: number) => number;

  constructor(choose: (count: number) => number) {
    this.#choose = choose;
  }

  /** Nothing is due any more. */
  get isAtRest(): boolean {
    return step(this.state, SETTINGS, this.#now).length === 0;
  }

  hear(event: AgentEvent): void {
    const before = this.state;
    this.state = apply(before, event, this.#now);
    checkForward(before, this.state);
    checkCapacity(this.state);
    for (const operation of step(this.state, SETTINGS, this.#now)) {
      this.#checkAllowed(operation);
      this.#pending.push(operation);
      const begun = { kind: "begun", taskArn: taskArnOf(operation), operation } as const;
      this.state = apply(this.state, begun, this.#now);
    }
  }

  arrive(task: PayloadTask): void {
    this.hear({ kind: "taskArrived", task });
    this.hear({ kind: "taskRecorded", taskArn: task.arn });
  }

  /** One thing happens: an operation is done, an event is heard, a program ends, the agent restarts. */
  happen(): void {
    this.#now += 1 + this.#choose(400);
    const happenings = [
      () => this.#finishOne(true),
      () => this.#finishOne(true),
      () => this.#finishOne(this.#choose(4) > 0),
      () => this.#hearOne(),
      () => this.#endOne(),
      () => this.hear({ kind: "tick" }),
      // Heard later, when it may be out of date.
      () => this.#unheard.push(this.#look()),
      () => this.#choose(4) === 0 && this.#restart(),
    ];
    happenings[this.#choose(happenings.length)]?.();
  }

  /** Everything that was begun succeeds and everything is heard, until nothing is left to do. */
  settle(): void {
    for (let round = 0; round < 10_000; round += 1) {
      while (this.#unheard.length > 0) this.#hearOne();
      this.#now += 5_000;
      if (this.#pending.length > 0) this.#finishOne(true);
      else this.hear({ kind: "tick" });
      const isQuiet = this.#pending.length === 0 && this.#unheard.length === 0;
      if (isQuiet && step(this.state, SETTINGS, this.#now + 10_000).length === 0) return;
    }
    throw new Error("the agent does not come to rest");
  }

  #finishOne(succeeds: boolean): void {
    const [operation] = this.#pending.splice(this.#choose(this.#pending.length), 1);
    if (operation) this.hear(this.#outcome(operation, succeeds));
  }

  #hearOne(): void {
    const [event] = this.#unheard.splice(this.#choose(this.#unheard.length), 1);
    if (event) this.hear(event);
  }

  #endOne(): void {
    const running = [...this.engine].filter(([, { isRunning }]) => isRunning);
    const [dockerId] = running[this.#choose(running.length)] ?? [];
    if (dockerId !== undefined) this.#end(dockerId, this.#choose(2));
  }

  #end(dockerId: string, exitCode: number): void {
    const container = this.engine.get(dockerId);
    if (!container?.isRunning) return;
    Object.assign(container, { isRunning: false, exitCode, finishedAt: this.#now });
    const exit = { dockerId, finishedAt: this.#now, exitCode };
    this.#unheard.push({ kind: "exited", container, exit });
  }

  /** The process is killed: what was under way may or may not have been done, and nobody heard. */
  #restart(): void {
    for (const operation of this.#pending) {
      if (operation.kind !== "report" && this.#choose(2) === 0) this.#outcome(operation, true);
    }
    this.#pending = [];
    this.#unheard = [];
    this.#fetched.clear();
    const tasks = [...this.state.tasks.values()].map(remembered);
    this.state = { ...this.state, tasks: new Map() };
    for (const task of tasks) {
      this.state = apply(this.state, { kind: "taskRestored", task }, this.#now);
    }
    this.hear(this.#look());
  }

  #look(): AgentEvent {
    const containers = [...this.engine].map(([dockerId, each]) => observation(dockerId, each));
    return { kind: "observed", observation: { containers, before: knownBefore(this.state) } };
  }

  #outcome(operation: Operation, succeeds: boolean): AgentEvent {
    switch (operation.kind) {
      case "pull":
        return succeeds
          ? { kind: "pulled", container: operation.container, image: {} }
          : { kind: "failed", container: operation.container, reason: "CannotPullContainerError" };
      case "create":
        return this.#create(operation.container, succeeds);
      case "start":
        return this.#start(operation, succeeds);
      case "stop":
        if (succeeds) this.#end(operation.dockerId, 0);
        return { kind: "stopSent", container: operation.container, retryAt: this.#now + 100 };
      case "ensureVolumes":
      case "fetchSources":
        return this.#prepare(operation, succeeds);
      case "report":
        return this.#accept(operation.change);
      case "clean":
        return this.#clean(operation.taskArn);
    }
  }

  #clean(taskArn: string): AgentEvent {
    for (const [id, container] of this.engine) {
      if (container.taskArn === taskArn) this.engine.delete(id);
    }
    return { kind: "cleaned", taskArn };
  }

  #prepare(
    { kind, taskArn }: Extract<Operation, { kind: "ensureVolumes" | "fetchSources" }>,
    succeeds: boolean,
  ): AgentEvent {
    if (kind === "ensureVolumes") return { kind: "volumesReady", taskArn };
    if (!succeeds) return { kind: "sourcesFailed", taskArn, reason: "ResourceInitializationError" };
    this.#fetched.add(taskArn);
    return { kind: "sourcesReady", taskArn };
  }

  #create(container: ContainerKey, succeeds: boolean): AgentEvent {
    if (!succeeds) return { kind: "failed", container, reason: "CannotCreateContainerError" };
    const dockerId = `${container.taskArn} ${container.name}`;
    if (!this.engine.has(dockerId)) {
      this.engine.set(dockerId, {
        ...container,
        isRunning: false,
        startedAt: undefined,
        finishedAt: undefined,
        exitCode: undefined,
      });
    }
    return { kind: "created", container, dockerId };
  }

  #start(
    { container, dockerId }: Extract<Operation, { kind: "start" }>,
    succeeds: boolean,
  ): AgentEvent {
    const real = this.engine.get(dockerId);
    if (!succeeds || !real)
      return { kind: "failed", container, reason: "CannotStartContainerError" };
    this.#checkStart(real);
    // A start is asked for again after a crash: what runs goes on.
    if (!real.isRunning) Object.assign(real, { isRunning: true, startedAt: this.#now });
    // Some end before the answer to their start comes back.
    if (this.#choose(5) === 0) this.#end(dockerId, this.#choose(2));
    if (this.#choose(2) === 0) this.#hearOne();
    return { kind: "started", container, startedAt: this.#now, networkBindings: [] };
  }

  /** What has run is started again by its policy only, which leaves a success alone. */
  #checkStart({ taskArn, name, isRunning, startedAt, exitCode }: EngineContainer): void {
    if (isRunning || startedAt === undefined) return;
    const task = this.state.tasks.get(taskArn);
    const policy = task && definitionOf(task, name)?.restartPolicy;
    assert(policy?.enabled, `${name} is started again without a policy`);
    assert(exitCode !== 0, `${name} is started again after a success`);
  }

  #accept(change: Extract<Operation, { kind: "report" }>["change"]): AgentEvent {
    const own = [...this.engine.values()].filter(({ taskArn }) => taskArn === change.taskArn);
    const isOver = own.every(({ isRunning }) => !isRunning);
    assert(isOver || change.status === "RUNNING", "a running task is reported STOPPED");
    const statuses = this.accepted.get(change.taskArn) ?? [];
    this.accepted.set(change.taskArn, [...statuses, change.status]);
    return { kind: "reportAccepted", taskArn: change.taskArn, change };
  }

  /** Against what the engine really has, not against what the agent believes. */
  #checkAllowed(operation: Operation): void {
    const task = this.state.tasks.get(taskArnOf(operation));
    if (task && operation.kind === "pull") this.#checkDependencies(task, operation.container.name);
    if (task && operation.kind === "stop") checkDependents(task, operation.container.name);
    if (task && operation.kind === "create" && hasSources(task.payload)) {
      assert(
        this.#fetched.has(task.arn),
        `${operation.container.name} is made without its secrets`,
      );
    }
  }

  #checkDependencies(task: ManagedTask, name: string): void {
    const container = definitionOf(task, name);
    for (const { containerName, condition } of container ? dependenciesOf(container) : []) {
      const real = this.engine.get(`${task.arn} ${containerName}`);
      assert(
        real?.startedAt !== undefined,
        `${name} is pulled although ${containerName} never ran`,
      );
      const hasEnded = real.exitCode !== undefined;
      assert(
        hasEnded || condition === "START",
        `${name} does not wait for the end of ${containerName}`,
      );
      const hasFailed = real.exitCode !== 0 && condition === "SUCCESS";
      assert(!hasFailed, `${name} is pulled although ${containerName} failed`);
    }
  }
}

function checkDependents(task: ManagedTask, name: string): void {
  const running = task.payload.containers
    .filter((each) => dependenciesOf(each).some(({ containerName }) => containerName === name))
    .filter((each) => containerOf(task, each.name)?.phase === "RUNNING");
  assert(running.length === 0, `${name} is stopped before what depends on it`);
}

const remembered = (task: ManagedTask): ManagedTask => ({
  ...task,
  reporting: false,
  cleaning: false,
  volumes: task.volumes === "BUSY" ? "NONE" : task.volumes,
  sources: unfetchedSources(task.payload),
  containers: task.containers.map(({ busy: _busy, retryAt: _retryAt, ...container }) => container),
});

function phaseOf({ isRunning, startedAt }: EngineContainer): ObservedContainer["phase"] {
  if (isRunning) return "RUNNING";
  return startedAt === undefined ? "CREATED" : "STOPPED";
}

const observation = (dockerId: string, container: EngineContainer): ObservedContainer => ({
  taskArn: container.taskArn,
  name: container.name,
  family: "f",
  version: "1",
  dockerId,
  phase: phaseOf(container),
  ...defined({ startedAt: container.startedAt }),
  ...(!container.isRunning &&
    defined({ exitCode: container.exitCode, finishedAt: container.finishedAt })),
});

const STATUSES: readonly ReportedStatus[] = ["NONE", "RUNNING", "STOPPED"];

/** Nothing that was reached is ever taken back. */
function checkForward(before: AgentState, after: AgentState): void {
  for (const [arn, old] of before.tasks) {
    const task = after.tasks.get(arn);
    if (!task) continue;
    const isRevived = old.desiredStatus === "STOPPED" && task.desiredStatus === "RUNNING";
    assert(!isRevived, `${arn} is to run again`);
    const [told, toldBefore] = [task, old].map(({ reported }) => STATUSES.indexOf(reported.status));
    assert(Number(told) >= Number(toldBefore), `the report of ${arn} is taken back`);
    for (const [index, { phase, name }] of task.containers.entries()) {
      const phaseBefore = old.containers[index]?.phase ?? "NONE";
      assert(isAtLeast(phase, phaseBefore), `${name} goes from ${phaseBefore} back to ${phase}`);
    }
  }
}

function checkCapacity({ tasks, capacity }: AgentState): void {
  const holding = [...tasks.values()].filter((task) => task.admitted && !isStopped(task));
  const ports = holding.flatMap(({ demand }) => demand.tcpPorts);
  assert(new Set(ports).size === ports.length, "two tasks hold the same port");
  const memoryMiB = holding.reduce((sum, { demand }) => sum + demand.memoryMiB, 0);
  assert(memoryMiB <= capacity.memoryMiB, "more memory is held than there is");
}
