import { CreateClusterCommand, ListTasksCommand } from "@aws-sdk/client-ecs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dataDirectory } from "@berth/local/data-directory";
import { socketClientConfig } from "@berth/local/embedded/socket-client";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import { Berth, eventually } from "../e2e/berth.ts";
import { FakeFleet } from "./fake-fleet.ts";
import { LeanClient } from "./lean-client.ts";
import { processorMs } from "./process-usage.ts";
import { format, quantile, say, spreadOf } from "./statistics.ts";

const CONCURRENCIES = [1, 16];
const SECONDS_PER_RUN = 2;
const RUNS = 3;
const CLUSTER = "fleet";
const AGENTS = 20;
const SERVICES = Array.from({ length: 10 }, (_, index) => `service-${index}`);

/** Who works for a request. */
const SERVERS = ["control-plane", "dynamodb", "sqs"] as const;

interface Subject {
  readonly name: string;
  /** What a request costs is a multiple of the bare one of its kind. */
  readonly kind: "get" | "put";
  send(): Promise<unknown>;
}

/**
 * Rate and latency of requests, alone and sixteen at once, beside the bare get and put of one item of
 * the same embedded database in the same run; and what each costs of processor time, which tells
 * more than the rate where the machine does other things besides.
 */
export async function benchRequests(): Promise<void> {
  const berth = await Berth.start({ instances: 1 });
  const fleet = new FakeFleet(berth, CLUSTER);
  try {
    await setUp(berth, fleet);
    const subjects = [...(await bareSubjects(berth)), ...(await apiSubjects(berth))];
    for (const concurrency of CONCURRENCIES) await benchAt(berth, subjects, concurrency);
  } finally {
    fleet.leave();
    await berth.down();
  }
}

/** Ten services of one task each, on agents without containers. */
async function setUp(berth: Berth, fleet: FakeFleet): Promise<void> {
  const client = new LeanClient(berth, 1);
  await berth.ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  await send(client, "RegisterTaskDefinition", registration("bench"));
  await fleet.join(AGENTS);
  for (const serviceName of SERVICES) {
    const taskDefinition = "bench";
    const service = { cluster: CLUSTER, serviceName, taskDefinition, desiredCount: 1 };
    await send(client, "CreateService", service);
  }
  await eventually("all tasks run", async () => fleet.reported.RUNNING >= SERVICES.length);
}

const registration = (family: string) => ({
  family,
  containerDefinitions: [{ name: "main", image: "main", cpu: 1, memory: 6 }],
});

/** What Berth's own table does for every request, and nothing else. */
async function bareSubjects(berth: Berth): Promise<readonly Subject[]> {
  const { region, ...credentials } = berth.endpoint;
  const socket = dataDirectory(berth.dataDir).dynamodbSocket;
  const client = new DynamoDBClient(socketClientConfig(socket, { region, credentials }));
  await ensureTable(client, "bench");
  const table = createDynamoTable({ client, tableName: "bench" });
  const key = { pk: "bench", sk: "get" };
  const data = { text: "x".repeat(500) };
  await table.create({ ...key, version: 1, data });
  let unique = 0;
  return [
    { name: "bare get", kind: "get", send: async () => table.get(key) },
    {
      name: "bare put",
      kind: "put",
      send: async () => table.create({ pk: "bench", sk: `put-${(unique += 1)}`, version: 1, data }),
    },
  ];
}

async function apiSubjects(berth: Berth): Promise<readonly Subject[]> {
  const client = new LeanClient(berth, Math.max(...CONCURRENCIES));
  const { taskArns: tasks } = await berth.ecs.send(new ListTasksCommand({ cluster: CLUSTER }));
  const cluster = CLUSTER;
  let unique = 0;
  const subject = (name: string, kind: Subject["kind"], body: () => object): Subject => ({
    name,
    kind,
    send: async () => send(client, name.replace(/ .*/, ""), body()),
  });
  return [
    subject("CreateCluster", "put", () => ({ clusterName: `bench-${(unique += 1)}` })),
    subject("DescribeClusters", "get", () => ({ clusters: [cluster] })),
    subject("RegisterTaskDefinition", "put", () => registration(`family-${(unique += 1)}`)),
    subject("DescribeTaskDefinition", "get", () => ({ taskDefinition: "bench:1" })),
    subject("ListTasks", "get", () => ({ cluster, serviceName: SERVICES[0] })),
    subject("DescribeTasks (10)", "get", () => ({ cluster, tasks })),
    subject("DescribeServices (10)", "get", () => ({ cluster, services: SERVICES })),
    // Last: it fills the cluster. An identical request within a second is taken for a repeated one.
    subject("RunTask", "put", () => ({
      cluster,
      taskDefinition: "bench",
      clientToken: `bench-${(unique += 1)}`,
    })),
  ];
}

async function send(client: LeanClient, operation: string, body: object): Promise<void> {
  const { status, body: answer } = await client.call(operation, JSON.stringify(body));
  if (status !== 200) throw new Error(`${operation} answered ${status}: ${answer}`);
}

async function benchAt(
  berth: Berth,
  subjects: readonly Subject[],
  concurrency: number,
): Promise<void> {
  const bare: Partial<Record<Subject["kind"], number>> = {};
  const lines: string[] = [];
  for (const subject of subjects) {
    const { name, kind } = subject;
    const runs: Run[] = [];
    for (let count = 0; count < RUNS; count += 1) {
      runs.push(await measure(berth, async () => subject.send(), concurrency));
    }
    const latencies = runs.flatMap((run) => run.latenciesMs);
    const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
    bare[kind] ??= p50;
    lines.push(
      [
        name.padEnd(23),
        format(spreadOf(runs.map((run) => run.perSecond)), "/s"),
        `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
        `${(p50 / bare[kind]).toFixed(1)} bare ${kind}s`,
        `processor ms: ${costs(runs)}`,
      ].join("; "),
    );
  }
  say(`Requests, ${concurrency} at once`, ...lines);
}

interface Run {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  /** Processor time per request of each server, in ms. */
  readonly costsMs: readonly number[];
}

async function measure(
  berth: Berth,
  request: () => Promise<unknown>,
  concurrency: number,
): Promise<Run> {
  const pids = SERVERS.map((name) => berth.pidOf(name));
  const before = pids.map(processorMs);
  const start = performance.now();
  const end = start + SECONDS_PER_RUN * 1000;
  const latenciesMs: number[] = [];
  const work = async () => {
    while (performance.now() < end) {
      const sentAt = performance.now();
      await request();
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const done = latenciesMs.length;
  return {
    perSecond: done / ((performance.now() - start) / 1000),
    latenciesMs,
    costsMs: pids.map((pid, index) => (processorMs(pid) - (before[index] ?? 0)) / done),
  };
}

const costs = (runs: readonly Run[]) =>
  SERVERS.map((name, index) => {
    const { median } = spreadOf(runs.map((run) => run.costsMs[index] ?? 0));
    return `${name} ${median.toFixed(2)}`;
  }).join(", ");
