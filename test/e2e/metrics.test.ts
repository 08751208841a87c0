import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { RunTaskCommand } from "@aws-sdk/client-ecs";
import type { TaskMetrics, TaskSeries, WholeClusterMetrics } from "@berth/contracts/rest/metrics";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth, CLI, eventually } from "./berth.ts";
import { registerDemo } from "./demo.ts";
import { signedFetch } from "./signed-fetch.ts";

/** Measured every 5 s and told every 20 s. */
const PATIENCE_MS = 120_000;
/** Who asks all the time takes the processor away from what is to burn it. */
const PAUSE_MS = 2_000;
/** In units: what a machine with much else to do still gives somebody who wants all of it. */
const A_TENTH_OF_A_CORE = 102;
/** On every core: where others want them as well, it still gets a good part. */
const BURN = ["sh", "-c", "for loop in 1 2 3 4; do while :; do :; done & done; wait"];

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start({
    instances: 2,
    env: { ECS_POLLING_METRICS_WAIT_DURATION: "5s" },
  });
});
afterAll(async () => berth.down());

async function read(path: string, query?: Record<string, string>): Promise<string> {
  const response = await signedFetch(berth, { method: "GET", path, ...(query && { query }) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.text();
}

async function top(...args: readonly string[]): Promise<string> {
  const command = [CLI, "top", ...args, "--data-dir", berth.dataDir];
  return (await promisify(execFile)(process.execPath, command)).stdout;
}

async function measuredTasks(): Promise<readonly TaskMetrics[]> {
  await sleep(PAUSE_MS);
  const text = await read("/v1/clusters/default/metrics", { include: "TASKS" });
  return (JSON.parse(text) as WholeClusterMetrics).tasks;
}

test("a container that wants all of the machine is seen in berth top, in its series and by Prometheus", async () => {
  const taskDefinition = await registerDemo(berth, "burner", "1", { command: BURN, cpu: 1_024 });
  const idle = await registerDemo(berth, "idle", "1");
  await berth.ecs.send(new RunTaskCommand({ taskDefinition: idle }));
  const { tasks = [] } = await berth.ecs.send(new RunTaskCommand({ taskDefinition }));
  const taskArn = tasks[0]?.taskArn ?? "";

  const burner = await eventually(
    "it is seen to burn",
    async () =>
      (await measuredTasks()).find(
        (task) => task.taskArn === taskArn && (task.cpuUnits.used ?? 0) > A_TENTH_OF_A_CORE,
      ),
    PATIENCE_MS,
  );
  expect(burner).toMatchObject({
    group: "family:burner",
    lastStatus: "RUNNING",
    cpuUnits: { reserved: 1_024 },
    memoryMiB: { reserved: 32 },
  });
  const printed = JSON.parse(await top("--json")) as WholeClusterMetrics;
  const others = printed.tasks.filter((task) => task.taskArn !== taskArn);
  expect(
    others.map(({ group, cpuUnits }) => [group, (cpuUnits.used ?? 0) < A_TENTH_OF_A_CORE]),
  ).toEqual([["family:idle", true]]);
  const id = taskArn.split("/").at(-1) ?? "";
  const [, line] = (await top()).split("GROUP");
  expect(line?.split("\n")[1]).toMatch(new RegExp(`^${id}  family:burner  RUNNING`));

  const series = JSON.parse(await read(`/v1/clusters/default/tasks/${id}/metrics`)) as TaskSeries;
  expect(series.points.length).toBeGreaterThan(0);
  expect(series.points.at(-1)?.containers[0]?.received?.bytes).toBeGreaterThanOrEqual(0);

  const text = await read("/v1/metrics", { format: "prometheus" });
  const sample = new RegExp(`^berth_container_cpu_usage_cores\\{.*task="${id}".*\\} (.+)$`, "m");
  expect(Number(sample.exec(text)?.[1])).toBeGreaterThan(0.1);
});
