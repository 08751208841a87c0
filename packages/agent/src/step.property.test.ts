import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import { payloadTaskArn } from "@berth/testing/payloads";
import fc from "fast-check";
import { expect, test } from "vitest";
import { apply } from "./apply.ts";
import { dependenciesOf } from "./dependencies.ts";
import type { AgentEvent, ContainerKey } from "./event.ts";
import { knownBefore } from "./observe.ts";
import type { Operation } from "./operation.ts";
import {
  type AgentState,
  CONTAINER_PHASES,
  containerOf,
  definitionOf,
  isStopped,
  type ManagedTask,
  type ObservedContainer,
} from "./state.ts";
import { step } from "./step.ts";

const SETTINGS = { cleanupWaitMs: 1_000, stopTimeoutMs: 1_000 };
const CAPACITY = { cpuUnits: 256, memoryMiB: 256, usedTcpPorts: [], usedUdpPorts: [] };

interface EngineContainer extends ContainerKey {
  isRunning: boolean;
  hasRun: boolean;
  exitCode: number | undefined;
}

/**
 * An agent's core in a world where anything may come late, fail or never be heard. `choose` decides
 * everything that is left open, so that one list of numbers replays one history.
 */
class World {
  state: AgentState = { capacity: CAPACITY, tasks: new Map() };
  /** What the engine really has, by its id. */
  readonly engine = new Map<string, EngineContainer>();
  readonly accepted = new Map<string, string[]>();
  #pending: Operation[] = [];
  /** Exits and outcomes that were not heard yet. */
  #unheard: AgentEvent[] = [];
  #now = 1;
  readonly #choose: (count: number) => number;

  constructor(choose: (count: number) => number) {
    this.#choose = choose;
  }

  get now(): number {
    return this.#now;
  }

  hear(event: AgentEvent): void {
    const before = this.state;
    this.state = apply(before, event, this.#now);
    checkForward(before, this.state);
    checkCapacity(this.state);
    for (const operation of step(this.state, SETTINGS, this.#now)) {
      this.#checkAllowed(operation);
      this.#pending.push(operation);
      const taskArn = "container" in operation ? operation.container.taskArn : arnOf(operation);
      this.state = apply(this.state, { kind: "begun", taskArn, operation }, this.#now);
    }
  }

  arrive(task: PayloadTask): void {
    this.hear({ kind: "taskArrived", task });
    this.hear({ kind: "taskRecorded", taskArn: task.arn });
  }

  /** One thing happens: an operation is done, an event is heard, a program ends, the agent restarts. */
  happen(): void {
    this.#now += this.#choose(400);
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
    container.isRunning = false;
    container.exitCode = exitCode;
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
        return { kind: "volumesReady", taskArn: operation.taskArn };
      case "report":
        return this.#accept(operation.change);
      case "clean":
        for (const [id, { taskArn }] of this.engine) {
          if (taskArn === operation.taskArn) this.engine.delete(id);
        }
        return { kind: "cleaned", taskArn: operation.taskArn };
    }
  }

  #create(container: ContainerKey, succeeds: boolean): AgentEvent {
    if (!succeeds) return { kind: "failed", container, reason: "CannotCreateContainerError" };
    const dockerId = `${container.taskArn} ${container.name}`;
    if (!this.engine.has(dockerId)) {
      this.engine.set(dockerId, {
        ...container,
        isRunning: false,
        hasRun: false,
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
    if (!real.hasRun) Object.assign(real, { isRunning: true, hasRun: true });
    // Some end before the answer to their start comes back.
    if (this.#choose(5) === 0) this.#end(dockerId, this.#choose(2));
    if (this.#choose(2) === 0) this.#hearOne();
    return { kind: "started", container, startedAt: this.#now, networkBindings: [] };
  }

  #accept(change: Extract<Operation, { kind: "report" }>["change"]): AgentEvent {
    const own = [...this.engine.values()].filter(({ taskArn }) => taskArn === change.taskArn);
    if (change.status === "STOPPED") expect(own.filter(({ isRunning }) => isRunning)).toEqual([]);
    const statuses = this.accepted.get(change.taskArn) ?? [];
    this.accepted.set(change.taskArn, [...statuses, change.status]);
    return { kind: "reportAccepted", taskArn: change.taskArn, change };
  }

  /** Against what the engine really has, not against what the agent believes. */
  #checkAllowed(operation: Operation): void {
    if (operation.kind !== "pull" && operation.kind !== "stop") return;
    const { taskArn, name } = operation.container;
    const real = (containerName: string) => this.engine.get(`${taskArn} ${containerName}`);
    const task = this.state.tasks.get(taskArn);
    if (operation.kind === "pull") {
      const container = task && definitionOf(task, name);
      for (const { containerName, condition } of container ? dependenciesOf(container) : []) {
        expect(real(containerName)?.hasRun).toBe(true);
        if (condition === "SUCCESS") expect(real(containerName)?.exitCode).toBe(0);
        if (condition === "COMPLETE") expect(real(containerName)?.exitCode).toBeDefined();
      }
      return;
    }
    const dependents = task?.payload.containers.filter((each) =>
      dependenciesOf(each).some(({ containerName }) => containerName === name),
    );
    for (const dependent of dependents ?? []) {
      expect(task && containerOf(task, dependent.name)?.phase).not.toBe("RUNNING");
    }
  }
}

const arnOf = (operation: Exclude<Operation, { container: ContainerKey }>): string =>
  operation.kind === "report" ? operation.change.taskArn : operation.taskArn;

const remembered = (task: ManagedTask): ManagedTask => ({
  ...task,
  reporting: false,
  cleaning: false,
  volumes: task.volumes === "BUSY" ? "NONE" : task.volumes,
  containers: task.containers.map(({ busy: _busy, retryAt: _retryAt, ...container }) => container),
});

const observation = (dockerId: string, container: EngineContainer): ObservedContainer => ({
  taskArn: container.taskArn,
  name: container.name,
  family: "f",
  version: "1",
  dockerId,
  phase: container.isRunning ? "RUNNING" : container.hasRun ? "STOPPED" : "CREATED",
  ...(container.hasRun && { startedAt: 1 }),
  ...(container.exitCode !== undefined && { exitCode: container.exitCode, finishedAt: 1 }),
});

/** Nothing that was reached is ever taken back. */
function checkForward(before: AgentState, after: AgentState): void {
  const statuses = ["NONE", "RUNNING", "STOPPED"];
  for (const [arn, old] of before.tasks) {
    const task = after.tasks.get(arn);
    if (!task) continue;
    if (old.desiredStatus === "STOPPED") expect(task.desiredStatus).toBe("STOPPED");
    expect(statuses.indexOf(task.reported.status)).toBeGreaterThanOrEqual(
      statuses.indexOf(old.reported.status),
    );
    for (const [index, { phase }] of task.containers.entries()) {
      const oldPhase = old.containers[index]?.phase ?? "NONE";
      expect(CONTAINER_PHASES.indexOf(phase)).toBeGreaterThanOrEqual(
        CONTAINER_PHASES.indexOf(oldPhase),
      );
    }
  }
}

function checkCapacity({ tasks, capacity }: AgentState): void {
  const holding = [...tasks.values()].filter((task) => task.admitted && !isStopped(task));
  const ports = holding.flatMap(({ demand }) => demand.tcpPorts);
  expect(new Set(ports).size).toBe(ports.length);
  const memoryMiB = holding.reduce((sum, { demand }) => sum + demand.memoryMiB, 0);
  expect(memoryMiB).toBeLessThanOrEqual(capacity.memoryMiB);
}

const NAMES = ["a", "b", "c"];

const aContainer = (index: number): fc.Arbitrary<PayloadContainer> =>
  fc.record({
    name: fc.constant(NAMES[index] ?? ""),
    image: fc.constant("web:1"),
    essential: index === 0 ? fc.constant(true) : fc.boolean(),
    memory: fc.constantFrom(32, 64),
    portMappings: fc.subarray([
      { containerPort: 80, hostPort: 80 + index, protocol: "tcp" as const },
    ]),
    dependsOn: fc
      .subarray(NAMES.slice(0, index))
      .chain((names) =>
        fc.tuple(
          ...names.map((containerName) =>
            fc
              .constantFrom("START", "COMPLETE", "SUCCESS")
              .map((condition) => ({ containerName, condition })),
          ),
        ),
      ),
  });

const aTask = (number: number): fc.Arbitrary<PayloadTask> =>
  fc
    .integer({ min: 1, max: NAMES.length })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => aContainer(index))))
    .map((containers) => ({
      arn: payloadTaskArn(number),
      desiredStatus: "RUNNING",
      family: "f",
      version: "1",
      containers,
      volumes: [],
    }));

const someTasks = fc
  .integer({ min: 1, max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => aTask(index))));

const choices = fc.array(fc.nat(1_000), { minLength: 10, maxLength: 200 });

function chooser(numbers: readonly number[]): (count: number) => number {
  let next = 0;
  return (count) => {
    next += 1;
    return count === 0 ? 0 : (numbers[next % numbers.length] ?? 0) % count;
  };
}

test("whatever happens, tasks keep their order, their room and their past, and end up gone", () => {
  fc.assert(
    fc.property(someTasks, choices, fc.nat(150), (tasks, numbers, length) => {
      const world = new World(chooser(numbers));
      for (const task of tasks) {
        world.arrive(task);
        world.happen();
      }
      for (let index = 0; index < length; index += 1) world.happen();
      for (const { arn } of tasks) world.hear({ kind: "stopOrdered", taskArn: arn });
      world.settle();

      expect([...world.engine]).toEqual([]);
      expect([...world.state.tasks]).toEqual([]);
      for (const { arn } of tasks) {
        expect(world.accepted.get(arn)?.join(" ")).toMatch(/^(RUNNING )*STOPPED$/);
      }
    }),
  );
});

test("left alone, tasks that fit run, and then nothing is due any more", () => {
  fc.assert(
    fc.property(aTask(1), (task) => {
      const world = new World((count) => count - 1);
      world.arrive(task);
      world.settle();
      const known = world.state.tasks.get(task.arn);
      const waitsForEnd = task.containers.some(({ dependsOn = [] }) =>
        dependsOn.some(({ condition }) => condition !== "START"),
      );
      if (!waitsForEnd) expect(known?.reported.status).toBe("RUNNING");
      expect(step(world.state, SETTINGS, world.now)).toEqual([]);
    }),
  );
});
