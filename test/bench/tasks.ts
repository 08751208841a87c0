import {
  DeleteServiceCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Berth } from "../e2e/berth.ts";
import { createService, describeService, registerDemo, tasksOf } from "../e2e/demo.ts";
import { removeBare, startBare } from "./bare-engine.ts";
import { format, say, seconds, type Spread, spreadOf } from "./statistics.ts";

const POLL_MS = 20;
/** Counting fifty tasks twenty times a second would be a load of its own; their own times tell more. */
const SLOW_POLL_MS = 500;
/** The engine is limited by the processor: beyond four nothing is gained (figures of a run are printed). */
const CONCURRENCIES = [4, 8];

async function until(ask: () => Promise<boolean>, pollMs = POLL_MS): Promise<void> {
  while (!(await ask())) await sleep(pollMs);
}

const secondsBetween = (start: number, end: Date | undefined): number =>
  ((end?.getTime() ?? Number.NaN) - start) / 1000;

/** When the last of the service's tasks was recorded as RUNNING. */
async function lastStartOf(berth: Berth, service: string): Promise<Date | undefined> {
  const times = (await tasksOf(berth, service)).flatMap(({ startedAt }) => startedAt ?? []);
  return times.toSorted((a, b) => a.getTime() - b.getTime()).at(-1);
}

async function startOf(berth: Berth, service: string, count: number): Promise<number> {
  const start = Date.now();
  await createService(berth, service, "bench", count);
  const isRunning = async () => (await describeService(berth, service)).runningCount === count;
  await until(isRunning, count > 1 ? SLOW_POLL_MS : POLL_MS);
  return secondsBetween(start, await lastStartOf(berth, service));
}

async function quiet(berth: Berth): Promise<void> {
  await until(async () => (await berth.runningContainers()).length === 0);
  await sleep(1_000);
}

/** How long it took, in seconds, of Berth and of the bare engine at its best, in the same minutes. */
export interface StartTimes {
  readonly berth: Spread;
  readonly bare: Spread;
}

/** From CreateService until all tasks are RUNNING, against the bare engine in the same minute. */
export async function timeStarts(
  berth: Berth,
  count: number,
  runs: number,
  concurrencies: readonly number[] = CONCURRENCIES,
): Promise<StartTimes> {
  const ours: number[] = [];
  const bare = new Map(concurrencies.map((concurrency) => [concurrency, [] as number[]]));
  for (let run = 0; run < runs; run += 1) {
    for (const [concurrency, times] of bare) {
      times.push(await seconds(async () => startBare(berth.docker, count, concurrency)));
      await removeBare(berth.docker);
    }
    const name = `start-${count}-${run}`;
    ours.push(await startOf(berth, name, count));
    await berth.ecs.send(new DeleteServiceCommand({ service: name, force: true }));
    await quiet(berth);
  }
  const [best] = [...bare.values()].map(spreadOf).toSorted((a, b) => a.median - b.median);
  return { berth: spreadOf(ours), bare: best ?? spreadOf([]) };
}

export async function benchStarts(berth: Berth, count: number, runs: number): Promise<void> {
  const { berth: ours, bare } = await timeStarts(berth, count, runs);
  say(
    `CreateService to ${count} RUNNING`,
    `berth        ${format(ours, "s")}`,
    `bare engine  ${format(bare, "s")} (best of concurrency ${CONCURRENCIES.join(" and ")})`,
    `rate         ${((100 * bare.median) / ours.median).toFixed(0)} % of the bare engine's`,
  );
}

export async function benchRunTask(berth: Berth, runs: number): Promise<void> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    bare.push(await seconds(async () => startBare(berth.docker, 1, 1)));
    await removeBare(berth.docker);
    let arn = "";
    ours.push(
      await seconds(async () => {
        const { tasks } = await berth.ecs.send(new RunTaskCommand({ taskDefinition: "bench" }));
        arn = tasks?.[0]?.taskArn ?? "";
        await until(async () => {
          const running = await berth.ecs.send(new ListTasksCommand({ family: "bench" }));
          if (!running.taskArns?.includes(arn)) return false;
          return await isRunning(berth, arn);
        });
      }),
    );
    await berth.ecs.send(new StopTaskCommand({ task: arn }));
    await quiet(berth);
  }
  const [berthSpread, bareSpread] = [spreadOf(ours), spreadOf(bare)];
  say(
    "RunTask to RUNNING, one task",
    `berth        ${format(berthSpread, "s")}`,
    `bare engine  ${format(bareSpread, "s")} (create + start)`,
    `ratio        ${(berthSpread.median / bareSpread.median).toFixed(2)}`,
  );
}

async function isRunning(berth: Berth, arn: string): Promise<boolean> {
  const { tasks } = await berth.ecs.send(new DescribeTasksCommand({ tasks: [arn] }));
  return tasks?.[0]?.lastStatus === "RUNNING";
}

/** From `docker kill` until another task is RUNNING, beside one bare create and start. */
export async function benchReplacement(berth: Berth, runs: number): Promise<void> {
  await createService(berth, "replace", "bench", 1);
  await until(async () => (await describeService(berth, "replace")).runningCount === 1);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await sleep(1_500);
    bare.push(await seconds(async () => startBare(berth.docker, 1, 1)));
    await removeBare(berth.docker);
    const [victim] = await tasksOf(berth, "replace");
    const container = berth.docker.getContainer(victim?.containers?.[0]?.runtimeId ?? "");
    ours.push(
      await seconds(async () => {
        await container.kill();
        await until(async () => {
          const tasks = await tasksOf(berth, "replace");
          return tasks.some(
            (task) => task.lastStatus === "RUNNING" && task.taskArn !== victim?.taskArn,
          );
        });
      }),
    );
  }
  await berth.ecs.send(new DeleteServiceCommand({ service: "replace", force: true }));
  await quiet(berth);
  const [berthSpread, bareSpread] = [spreadOf(ours), spreadOf(bare)];
  say(
    "docker kill to replacement RUNNING",
    `berth        ${format(berthSpread, "s")}`,
    `bare engine  ${format(bareSpread, "s")} (create + start)`,
    `over bare    ${((berthSpread.median - bareSpread.median) * 1000).toFixed(0)} ms`,
  );
}

/** A rolling update at 100/200 % until only the new revision is left and the rollout is complete. */
export async function benchRollout(berth: Berth, count: number, runs: number): Promise<void> {
  await createService(berth, "rollout", "bench", count);
  await until(async () => (await describeService(berth, "rollout")).runningCount === count);
  const running: number[] = [];
  const complete: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await sleep(2_000);
    const taskDefinition = await registerDemo(berth, "bench", "1", { portMappings: [] });
    const start = Date.now();
    await berth.ecs.send(new UpdateServiceCommand({ service: "rollout", taskDefinition }));
    await until(async () => {
      const { deployments = [] } = await describeService(berth, "rollout");
      return deployments.length === 1 && deployments[0]?.rolloutState === "COMPLETED";
    }, SLOW_POLL_MS);
    running.push(secondsBetween(start, await lastStartOf(berth, "rollout")));
    const { deployments = [] } = await describeService(berth, "rollout");
    complete.push(secondsBetween(start, deployments[0]?.updatedAt));
  }
  await berth.ecs.send(new DeleteServiceCommand({ service: "rollout", force: true }));
  await quiet(berth);
  say(
    `Rolling update of ${count} tasks at 100/200 %`,
    `all new RUNNING       ${format(spreadOf(running), "s")}`,
    `old gone, COMPLETED   ${format(spreadOf(complete), "s")}`,
  );
}
