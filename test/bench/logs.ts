import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  GetLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { Berth, eventually } from "../e2e/berth.ts";
import { processorMs } from "./process-usage.ts";
import { format, quantile, say, spreadOf } from "./statistics.ts";

const GROUP = "bench";
const LINES = 200_000;
const LINE_BYTES = 200;
const MEGABYTES = (LINES * LINE_BYTES) / 1_000_000;
const RUNS = 3;
/** The driver hands over once a second. */
const FLUSH_MS = 1_500;

interface Way {
  readonly name: string;
  readonly logDriver: "json-file" | "awslogs";
  readonly mode: "blocking" | "non-blocking";
  /** The container keeps its lines to itself: what its own work takes. */
  readonly discards?: true;
}

const WAYS: readonly Way[] = [
  { name: "to /dev/null", logDriver: "json-file", mode: "blocking", discards: true },
  { name: "json-file, blocking", logDriver: "json-file", mode: "blocking" },
  { name: "awslogs, blocking", logDriver: "awslogs", mode: "blocking" },
  { name: "awslogs, non-blocking", logDriver: "awslogs", mode: "non-blocking" },
];

interface Run {
  readonly megabytesPerSecond: number;
  /** Of the log service. */
  readonly processorMsPerMegabyte: number;
  readonly lostLines: number;
}

/** What a container gets rid of when it writes as fast as it can, and what the API does beside 10 MB a second. */
export async function benchLogs(): Promise<void> {
  const berth = await Berth.start({ instances: 1 });
  const { url: endpoint, region } = berth.endpoint;
  const logs = new CloudWatchLogsClient({ endpoint, region, credentials: berth.endpoint });
  try {
    await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    for (const way of WAYS) await sayWay(berth, logs, way);
    await sayApi(berth);
  } finally {
    logs.destroy();
    await berth.down();
  }
}

async function sayWay(berth: Berth, logs: CloudWatchLogsClient, way: Way): Promise<void> {
  const runs: Run[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await write(berth, logs, way));
  const spread = (of: keyof Run) => spreadOf(runs.map((run) => run[of]));
  say(
    `${MEGABYTES} MB in lines of ${LINE_BYTES} bytes, as fast as it goes: ${way.name}`,
    format(spread("megabytesPerSecond"), "MB/s"),
    ...(way.logDriver === "awslogs"
      ? [
          format(spread("processorMsPerMegabyte"), "ms of the log service's processor time a MB"),
          `${format(spread("lostLines"), "lines lost")} of ${LINES}`,
        ]
      : []),
  );
}

async function write(berth: Berth, logs: CloudWatchLogsClient, way: Way): Promise<Run> {
  const pid = berth.pidOf("logs");
  const before = processorMs(pid);
  const script = way.discards ? `${writer(LINES)} > /dev/null` : writer(LINES);
  const { taskId, seconds } = await runWriter(berth, way, script);
  await sleep(FLUSH_MS);
  const processorMsPerMegabyte = (processorMs(pid) - before) / MEGABYTES;
  const stream = `bench/main/${taskId}`;
  const kept = way.logDriver === "awslogs" ? await keptLines(logs, stream) : LINES;
  return {
    megabytesPerSecond: MEGABYTES / seconds,
    processorMsPerMegabyte,
    lostLines: LINES - kept,
  };
}

const writer = (lines: number): string =>
  `awk 'BEGIN { x = sprintf("%0191d", 0); for (i = 0; i < ${lines}; i++) printf "%08d%s\\n", i, x }'`;

async function start(berth: Berth, { logDriver, mode }: Way, script: string): Promise<string> {
  const awslogs = {
    "awslogs-group": GROUP,
    "awslogs-region": "us-east-1",
    "awslogs-stream-prefix": "bench",
  };
  await berth.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "bench-logs",
      containerDefinitions: [
        {
          name: "main",
          image: "berth/demo:1",
          memory: 32,
          command: ["sh", "-c", script],
          logConfiguration: {
            logDriver,
            options: { mode, ...(logDriver === "awslogs" && awslogs) },
          },
        },
      ],
    }),
  );
  const { tasks = [] } = await berth.ecs.send(new RunTaskCommand({ taskDefinition: "bench-logs" }));
  return tasks[0]?.taskArn ?? "";
}

async function runWriter(berth: Berth, way: Way, script: string) {
  const taskArn = await start(berth, way, script);
  const container = await eventually("the writer to end", async () => {
    const { tasks = [] } = await berth.ecs.send(new DescribeTasksCommand({ tasks: [taskArn] }));
    return tasks[0]?.lastStatus === "STOPPED" && tasks[0].containers?.[0];
  });
  const { State } = await berth.docker.getContainer(container.runtimeId ?? "").inspect();
  const seconds = (Date.parse(State.FinishedAt) - Date.parse(State.StartedAt)) / 1_000;
  return { taskId: taskArn.split("/").at(-1) ?? "", seconds };
}

/** Once the last line is there, or none has come for a while. */
async function keptLines(logs: CloudWatchLogsClient, logStreamName: string): Promise<number> {
  let nextToken: string | undefined;
  let kept = 0;
  for (let quiet = 0; quiet < 4;) {
    const asked = { logGroupName: GROUP, logStreamName, startFromHead: true, nextToken };
    const { events = [], nextForwardToken } = await logs.send(new GetLogEventsCommand(asked));
    kept += events.length;
    nextToken = nextForwardToken;
    if (Number(events.at(-1)?.message?.slice(0, 8)) === LINES - 1) return kept;
    if (events.length > 0) quiet = 0;
    else {
      quiet += 1;
      await sleep(FLUSH_MS);
    }
  }
  return kept;
}

const LOAD_SECONDS = 8;
const REQUESTS = 400;

async function sayApi(berth: Berth): Promise<void> {
  const quiet = await latencies(berth);
  const perSecond = 10_000_000 / LINE_BYTES;
  const load = Array.from({ length: LOAD_SECONDS }, () => `${writer(perSecond)} & sleep 1; wait`);
  const way = { name: "", logDriver: "awslogs", mode: "blocking" } as const;
  const writing = runWriter(berth, way, load.join("\n"));
  const beside = await latencies(berth);
  await writing;
  const text = (values: readonly number[]) =>
    `p50 ${quantile(values, 0.5).toFixed(1)} ms, p99 ${quantile(values, 0.99).toFixed(1)} ms`;
  say(
    `DescribeTaskDefinition, ${REQUESTS} one after the other`,
    `quiet: ${text(quiet)}`,
    `beside a container that logs 10 MB a second: ${text(beside)}`,
  );
}

async function latencies(berth: Berth): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let request = 0; request < REQUESTS; request += 1) {
    const begun = performance.now();
    await berth.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "bench-logs" }));
    taken.push(performance.now() - begun);
  }
  return taken;
}
