import {
  DescribeTasksCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import type { Container, ContainerDefinition, Task } from "@aws-sdk/client-ecs";
import type { ContainerInspectInfo } from "dockerode";
import { expect } from "vitest";
import { eventually } from "../berth.ts";
import type { Host } from "./host.ts";
import { outputOf } from "./output.ts";
import type { Row, Seen } from "./row.ts";

const IMAGE = "berth/demo:1";
/** With the second version of cgroups what starts a container takes 14 of these. */
const MEMORY_MIB = 32;
/** A check of health may take five seconds, and a restart is due after a minute. */
const TIMEOUT_MS = 150_000;

/** What rows are played with: the API, and the machine on which tasks of it run. */
export interface Stage {
  readonly ecs: ECSClient;
  readonly host: Host;
  /** How often longer than usual things may take. */
  readonly slowness?: number;
}

/** Registers the row's definition, runs it as far as the row wants, and looks at what is there. */
export async function play(stage: Stage, row: Row, family: string): Promise<void> {
  await row.prepare?.(stage.host);
  const taskArn = await run(stage, row, family);
  try {
    const task = await reached(stage, row, taskArn);
    const seen = await see(stage, task);
    await compare(row, seen);
  } finally {
    await stage.ecs.send(new StopTaskCommand({ task: taskArn }));
  }
}

/** Registers it and asks for a task, which is expected to be refused. Returns with what words. */
export async function refusalOf(stage: Stage, row: Row, family: string): Promise<string> {
  try {
    return `it runs: ${await run(stage, row, family)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function run({ ecs }: Stage, row: Row, family: string): Promise<string> {
  const containers = [{ name: "main", ...row.main }, ...(row.beside ?? [])];
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: containers.map(withDefaults),
      ...row.task,
    }),
  );
  const { tasks = [], failures } = await ecs.send(
    new RunTaskCommand({
      taskDefinition: `${family}:${taskDefinition?.revision}`,
      ...(row.overrides && { overrides: row.overrides }),
      ...(row.network && { networkConfiguration: row.network }),
    }),
  );
  const [task] = tasks;
  if (!task?.taskArn) throw new Error(`nothing was started: ${JSON.stringify(failures)}`);
  return task.taskArn;
}

function withDefaults(container: Partial<ContainerDefinition>): ContainerDefinition {
  const { memory = MEMORY_MIB, memoryReservation } = container;
  const hasSize = "memory" in container || memoryReservation !== undefined;
  return { image: IMAGE, ...(!hasSize && { memory }), ...container };
}

async function reached(stage: Stage, row: Row, taskArn: string): Promise<Task> {
  const { until = "STOPPED" } = row;
  return eventually(
    `${row.field} ${row.does}: ${until}`,
    async () => {
      const task = await describe(stage, taskArn);
      if (task.lastStatus === "STOPPED" && until !== "STOPPED") {
        const said = task.containers?.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
        throw new Error(`it stopped before it was ${until}: ${task.stoppedReason} (${said})`);
      }
      return (until === "RUNNING" || until === "STOPPED" ? task.lastStatus : task.healthStatus) ===
        until
        ? task
        : undefined;
    },
    TIMEOUT_MS * (stage.slowness ?? 1),
  );
}

async function describe({ ecs }: Stage, taskArn: string): Promise<Task> {
  const { tasks } = await ecs.send(new DescribeTasksCommand({ tasks: [taskArn] }));
  const [task] = tasks ?? [];
  if (!task) throw new Error(`${taskArn} is gone`);
  return task;
}

async function see({ host }: Stage, task: Task): Promise<Seen> {
  const engine = new Map<string, ContainerInspectInfo>();
  for (const { name = "", runtimeId } of task.containers ?? []) {
    if (runtimeId) engine.set(name, await host.docker.getContainer(runtimeId).inspect());
  }
  return {
    task,
    engine,
    host,
    output: (name = "main") => {
      const container = engine.get(name);
      if (!container) throw new Error(`there is no container ${name}`);
      return outputOf(host.docker.getContainer(container.Id), container.Config.Tty);
    },
  };
}

async function compare(row: Row, seen: Seen): Promise<void> {
  const { prints, engine, shown } = row;
  await checkExit(row, seen);
  if (typeof prints === "string") expect(await seen.output()).toBe(prints);
  if (prints instanceof RegExp) expect(await seen.output()).toMatch(prints);
  if (engine) expect(seen.engine.get("main")).toMatchObject(engine);
  if (shown) expect(seen.task).toMatchObject(shown);
  await row.look?.(seen);
}

async function checkExit({ until = "STOPPED", exitCode }: Row, seen: Seen): Promise<void> {
  const expected = exitCode ?? (until === "STOPPED" ? 0 : "any");
  const main = seen.task.containers?.find(({ name }) => name === "main");
  if (expected === "any" || expected === (main?.exitCode ?? "none")) return;
  expect.fail(`main ended with ${main?.exitCode}: ${await wordsOf(main, seen)}`);
}

/** A program that ends with an error has said why. */
const wordsOf = async (main: Container | undefined, seen: Seen) =>
  main?.reason ?? (main?.runtimeId ? seen.output() : "");
