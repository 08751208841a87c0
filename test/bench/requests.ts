import { ListTasksCommand } from "@aws-sdk/client-ecs";
import type { Berth } from "../e2e/berth.ts";
import { LeanClient } from "./lean-client.ts";
import { processorMs } from "./process-usage.ts";
import { format, say, spreadOf } from "./statistics.ts";

const CONCURRENCY = 16;
const SECONDS_PER_RUN = 3;
const RUNS = 3;

/** Who works for a request. */
const SERVERS = ["control-plane", "dynamodb", "sqs"] as const;

type Operation = readonly [name: string, body: () => unknown];

/**
 * Requests per second at concurrency 16, one operation after the other, and what each costs of
 * processor time, which tells more than the rate where the machine does other things besides.
 * Expects the services `idle` and `ten`, with three and ten tasks.
 */
export async function benchRequests(berth: Berth): Promise<void> {
  const client = new LeanClient(berth, CONCURRENCY);
  const operations = await operationsOf(berth);
  const lines: string[] = [];
  for (const [name, body] of operations) {
    const runs: Run[] = [];
    for (let count = 0; count < RUNS; count += 1) {
      runs.push(await measure(berth, () => send(client, name, body())));
    }
    lines.push(`${name.padEnd(24)} ${rates(runs)}; ms of processor time: ${costs(runs)}`);
  }
  say(`Requests per second at concurrency ${CONCURRENCY}`, ...lines);
}

async function operationsOf(berth: Berth): Promise<readonly Operation[]> {
  const { taskArns } = await berth.ecs.send(new ListTasksCommand({ serviceName: "ten" }));
  let unique = 0;
  return [
    ["DescribeServices", () => ({ services: ["idle"] })],
    ["DescribeTasks", () => ({ tasks: taskArns })],
    ["DescribeTaskDefinition", () => ({ taskDefinition: "bench:1" })],
    ["ListTasks", () => ({ serviceName: "idle" })],
    ["DescribeClusters", () => ({})],
    ["CreateCluster", () => ({ clusterName: `bench-${(unique += 1)}` })],
    [
      "RegisterTaskDefinition",
      () => ({
        family: `family-${(unique += 1)}`,
        containerDefinitions: [{ name: "a", image: "berth/demo:1", memory: 32 }],
      }),
    ],
  ];
}

async function send(client: LeanClient, operation: string, body: unknown): Promise<void> {
  const status = await client.send(operation, JSON.stringify(body));
  if (status !== 200) throw new Error(`${operation} answered ${status}`);
}

interface Run {
  readonly perSecond: number;
  /** Processor time per request of each server, in ms. */
  readonly costsMs: readonly number[];
}

async function measure(berth: Berth, request: () => Promise<void>): Promise<Run> {
  const pids = SERVERS.map((name) => berth.pidOf(name));
  const before = pids.map(processorMs);
  const start = performance.now();
  const end = start + SECONDS_PER_RUN * 1000;
  let done = 0;
  const work = async () => {
    while (performance.now() < end) {
      await request();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const perSecond = done / ((performance.now() - start) / 1000);
  return {
    perSecond,
    costsMs: pids.map((pid, index) => (processorMs(pid) - (before[index] ?? 0)) / done),
  };
}

const rates = (runs: readonly Run[]) => format(spreadOf(runs.map((run) => run.perSecond)), "/s");

const costs = (runs: readonly Run[]) =>
  SERVERS.map((name, index) => {
    const { median } = spreadOf(runs.map((run) => run.costsMs[index] ?? 0));
    return `${name} ${median.toFixed(2)}`;
  }).join(", ");
