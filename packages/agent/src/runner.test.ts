import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PayloadTask } from "@berth/contracts/agent/messages";
import { aPayloadContainer, aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ContainerEngine, ContainerWatcher } from "./engine.ts";
import { lineLog } from "./log.ts";
import type { TaskStateChange } from "./report.ts";
import { Runner } from "./runner.ts";
import type { ObservedContainer } from "./state.ts";
import { TaskSources } from "./sources/task-sources.ts";
import { StateFiles } from "./state-files.ts";

const CAPACITY = { cpuUnits: 100_000, memoryMiB: 100_000, usedTcpPorts: [], usedUdpPorts: [] };

/** An engine without containers: it takes a moment for everything, and ends only what it is told to. */
class FakeEngine implements ContainerEngine {
  readonly containers = new Map<string, ObservedContainer>();
  readonly looks: string[] = [];
  active = 0;
  mostActive = 0;
  stopping = 0;
  isOutOfMemory = false;
  watcher: ContainerWatcher | undefined;

  ensureImage = () => this.#moment({});
  ensureVolumes = () => this.#moment(undefined);
  removeImages = () => this.#moment(undefined);
  clean = () => this.#moment(undefined);

  /** Tasks whose containers are never created. */
  readonly stuck = new Set<string>();

  async create(task: PayloadTask, { name }: { readonly name: string }): Promise<string> {
    if (this.stuck.has(task.arn)) return new Promise(() => undefined);
    await this.#moment(undefined);
    const dockerId = `${task.arn} ${name}`;
    const { arn: taskArn, family, version } = task;
    this.containers.set(dockerId, { taskArn, name, family, version, dockerId, phase: "CREATED" });
    return dockerId;
  }

  async start(dockerId: string) {
    await this.#moment(undefined);
    this.#change(dockerId, { phase: "RUNNING", startedAt: 1 });
    return { startedAt: 1, networkBindings: [] };
  }

  /** Never comes back, as when the program ignores SIGTERM for long. */
  stop(): Promise<undefined> {
    this.stopping += 1;
    return new Promise(() => undefined);
  }

  look(dockerId: string) {
    this.looks.push(dockerId);
    const container = this.containers.get(dockerId);
    const reason = this.isOutOfMemory ? { reason: "OutOfMemoryError: x" } : {};
    return Promise.resolve(
      container
        ? { kind: "there" as const, container: { ...container, ...reason } }
        : { kind: "gone" as const },
    );
  }

  unclear: readonly string[] = [];

  list = () =>
    Promise.resolve({
      containers: [...this.containers.values()].filter(
        ({ dockerId }) => !this.unclear.includes(dockerId),
      ),
      unclear: this.unclear,
    });

  watch(watcher: ContainerWatcher): Promise<void> {
    this.watcher = watcher;
    watcher.onWatching();
    return new Promise(() => undefined);
  }

  end(taskArn: string, exitCode: number): void {
    const dockerId = `${taskArn} web`;
    this.#change(dockerId, { phase: "STOPPED", exitCode, finishedAt: 2 });
    this.watcher?.onExit({ taskArn, name: "web" }, { dockerId, exitCode, finishedAt: 2 });
  }

  #change(dockerId: string, change: Partial<ObservedContainer>): void {
    const container = this.containers.get(dockerId);
    if (container) this.containers.set(dockerId, { ...container, ...change });
  }

  async #moment<T>(value: T): Promise<T> {
    this.active += 1;
    this.mostActive = Math.max(this.mostActive, this.active);
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.active -= 1;
    return value;
  }
}

let directory: string;
let runner: Runner;
let engine: FakeEngine;
let reports: TaskStateChange[];
let isAccepting: boolean;

const log = lineLog("none", () => undefined);

async function startRunner(): Promise<void> {
  runner = new Runner({
    engine,
    sources: new TaskSources({
      roles: { executionKeysOf: () => "none" },
      open: () => {
        throw new Error("nothing is to be fetched");
      },
    }),
    files: new StateFiles(directory, log),
    log,
    settings: { cleanupWaitMs: 60_000, stopTimeoutMs: 1_000 },
    engineConcurrency: 4,
    holdMs: 50,
    capacity: CAPACITY,
    submit: (change) => {
      reports.push(change);
      return isAccepting ? Promise.resolve() : new Promise(() => undefined);
    },
  });
  await runner.start();
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-runner-"));
  engine = new FakeEngine();
  reports = [];
  isAccepting = true;
  await startRunner();
});
afterEach(async () => {
  await runner.close();
  rmSync(directory, { recursive: true, force: true });
});

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
};

const tasks = (count: number) =>
  Array.from({ length: count }, (_, index) => aPayloadTask({ arn: payloadTaskArn(index) }));

const told = (status: string) => reports.filter((report) => report.status === status).length;

test("asks the engine for a few things at once, and brings every task up", async () => {
  await runner.accept(tasks(30));
  await until(() => told("RUNNING") === 30);
  expect(engine.mostActive).toBeGreaterThan(4);
  // Four of the engine, beside four pulls.
  expect(engine.mostActive).toBeLessThanOrEqual(8);
});

test("does not let stops that take long keep others waiting", async () => {
  await runner.accept(tasks(10));
  await until(() => told("RUNNING") === 10);
  for (const { arn } of tasks(10)) runner.stopTask(arn);
  expect(engine.stopping).toBe(10);
  const late = aPayloadTask({ arn: payloadTaskArn(99) });
  await runner.accept([late]);
  await until(() => told("RUNNING") === 11);
});

test("does not let reports that wait for the control plane keep others waiting", async () => {
  isAccepting = false;
  await runner.accept(tasks(15));
  await until(() => told("RUNNING") === 15);
  expect([...engine.containers.values()].every(({ phase }) => phase === "RUNNING")).toBe(true);
});

test("asks why a container was killed, but not why one ended", async () => {
  engine.isOutOfMemory = true;
  await runner.accept(tasks(2));
  await until(() => told("RUNNING") === 2);
  engine.end(payloadTaskArn(0), 1);
  engine.end(payloadTaskArn(1), 137);
  await until(() => told("STOPPED") === 2);
  expect(engine.looks).toEqual([`${payloadTaskArn(1)} web`]);
  const killed = reports.find(
    ({ taskArn, status }) => taskArn === payloadTaskArn(1) && status === "STOPPED",
  );
  expect(killed?.containers).toMatchObject([{ exitCode: 137, reason: "OutOfMemoryError: x" }]);
});

test("takes a port back only once the engine has answered after the exit", async () => {
  const portMappings = [{ containerPort: 80, hostPort: 80, protocol: "tcp" as const }];
  const containers = [aPayloadContainer({ portMappings })];
  await runner.accept(
    [0, 1].map((number) => aPayloadTask({ arn: payloadTaskArn(number), containers })),
  );
  await until(() => told("RUNNING") === 1);
  engine.end(payloadTaskArn(0), 0);
  expect(engine.looks).toEqual([`${payloadTaskArn(0)} web`]);
  await until(() => told("RUNNING") === 2);
});

test("knows after a restart what it knew, and asks for nothing twice", async () => {
  await runner.accept(tasks(3));
  await until(() => told("RUNNING") === 3);
  await runner.close();
  await startRunner();
  expect(runner.tasks.map(({ arn, reported }) => [arn, reported.status])).toEqual(
    tasks(3).map(({ arn }) => [arn, "RUNNING"]),
  );
  engine.end(payloadTaskArn(1), 0);
  await until(() => told("STOPPED") === 1);
  expect(told("RUNNING")).toBe(3);
});

test("stops and reports its own containers of which it has lost the record", async () => {
  await runner.accept(tasks(1));
  await until(() => told("RUNNING") === 1);
  await runner.close();
  rmSync(join(directory, "tasks"), { recursive: true });
  await startRunner();
  await until(() => engine.stopping === 1);
  engine.end(payloadTaskArn(0), 0);
  await until(() => told("STOPPED") === 1);
  expect(reports.at(-1)).toMatchObject({
    taskArn: payloadTaskArn(0),
    containers: [{ exitCode: 0 }],
  });
});

test("learns from a look around what happened while it could not hear", async () => {
  await runner.accept(tasks(1));
  await until(() => told("RUNNING") === 1);
  engine.containers.clear();
  engine.watcher?.onWatching();
  await until(() => told("STOPPED") === 1);
  expect(reports.at(-1)?.containers[0]?.reason).toMatch(/^CannotInspectContainerError/);
});

test("does not let containers that the engine is stuck with keep others waiting", async () => {
  for (const { arn } of tasks(8)) engine.stuck.add(arn);
  await runner.accept(tasks(20));
  await until(() => told("RUNNING") === 12);
  expect(reports.every(({ taskArn }) => !engine.stuck.has(taskArn))).toBe(true);
});

test("takes one that the engine does not answer about for what it was, not for gone", async () => {
  await runner.accept(tasks(2));
  await until(() => told("RUNNING") === 2);
  engine.unclear = [`${payloadTaskArn(0)} web`];
  engine.containers.delete(`${payloadTaskArn(1)} web`);
  engine.watcher?.onWatching();
  await until(() => told("STOPPED") === 1);
  expect(reports.at(-1)?.taskArn).toBe(payloadTaskArn(1));
  expect(runner.tasks.map(({ desiredStatus }) => desiredStatus)).toEqual(["RUNNING", "STOPPED"]);
});

test("stops what the engine started once it was given up", async () => {
  await runner.accept(tasks(1));
  await until(() => told("RUNNING") === 1);
  engine.end(payloadTaskArn(0), 1);
  await until(() => told("STOPPED") === 1);
  const [dockerId = ""] = engine.containers.keys();
  engine.watcher?.onStart({ taskArn: payloadTaskArn(0), name: "web" }, dockerId);
  await until(() => engine.stopping === 1);
  expect(told("STOPPED")).toBe(1);
});

test("sees by what runs whether events got lost", async () => {
  await runner.accept(tasks(2));
  await until(() => told("RUNNING") === 2);
  const explains = (...ids: readonly string[]) => engine.watcher?.explains(new Set(ids));
  const [first = "", second = ""] = engine.containers.keys();
  expect(explains(first, second)).toBe(true);
  expect(explains(first)).toBe(false);
  engine.end(payloadTaskArn(0), 1);
  await until(() => told("STOPPED") === 1);
  expect(explains(second)).toBe(true);
  expect(explains(first, second)).toBe(false);
});
