import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  type ContainerDefinition,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";

const GROUP = "/ecs/shop";
const MARKS = "marks";
const run = promisify(execFile);

let berth: Berth;
let logs: CloudWatchLogsClient;
let marks: string;

beforeAll(async () => {
  berth = await Berth.start({ instances: 1 });
  const { url: endpoint, region } = berth.endpoint;
  const credentials = berth.endpoint;
  logs = new CloudWatchLogsClient({ endpoint, region, credentials, maxAttempts: 10 });
  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  marks = mkdtempSync(join(tmpdir(), "berth-marks-"));
});
afterAll(async () => {
  await berth?.down();
  logs?.destroy();
  if (marks) rmSync(marks, { recursive: true, force: true });
});

interface Options {
  readonly group?: string;
  readonly mode?: string;
}

/** A container whose output goes to a stream of its own. */
const container = (
  name: string,
  script: string,
  { group = GROUP, ...others }: Options = {},
): ContainerDefinition => ({
  name,
  image: "berth/demo:1",
  cpu: 16,
  memory: 64,
  command: ["sh", "-c", `trap exit TERM\n${script}`],
  logConfiguration: {
    logDriver: "awslogs",
    options: {
      "awslogs-group": group,
      "awslogs-region": "eu-west-1",
      "awslogs-stream-prefix": "shop",
      ...others,
    },
  },
});

async function start(definition: Omit<RegisterTaskDefinitionCommandInput, "family">) {
  const { taskDefinition } = await berth.ecs.send(
    new RegisterTaskDefinitionCommand({ family: "logs", ...definition }),
  );
  const { tasks = [], failures } = await berth.ecs.send(
    new RunTaskCommand({ taskDefinition: taskDefinition?.taskDefinitionArn }),
  );
  expect(failures).toEqual([]);
  return tasks[0]?.taskArn ?? "";
}

const stop = (task: string) => berth.ecs.send(new StopTaskCommand({ task }));

const reach = (arn: string, status: string): Promise<Task> =>
  eventually(`the task to be ${status}`, async () => {
    const { tasks = [] } = await berth.ecs.send(new DescribeTasksCommand({ tasks: [arn] }));
    return tasks[0]?.lastStatus === status && tasks[0];
  });

const streamOf = (name: string, taskArn: string) => `shop/${name}/${taskArn.split("/").at(-1)}`;

/** All that a stream has, page by page. */
async function* messagesOf(logStreamName: string): AsyncGenerator<string> {
  const stream = { logGroupName: GROUP, logStreamName, startFromHead: true };
  let nextToken: string | undefined;
  for (;;) {
    const page = await logs.send(new GetLogEventsCommand({ ...stream, nextToken }));
    for (const { message = "" } of page.events ?? []) yield message;
    if (page.nextForwardToken === nextToken) return;
    nextToken = page.nextForwardToken;
  }
}

describe("the streams of a task's containers", () => {
  const ticks = (word: string) =>
    `i=0; while true; do i=$((i+1)); echo "${word} $i"; echo "${word} failed" >&2; sleep 1; done`;
  const LINE = /^shop\/(web|job)\/[0-9a-f]{32} (web|job) (\d+|failed)$/;
  let taskArn: string;
  beforeAll(async () => {
    taskArn = await start({
      containerDefinitions: [container("web", ticks("web")), container("job", ticks("job"))],
    });
  });
  afterAll(() => stop(taskArn));

  /** As `aws logs tail --follow` does: asked again and again, without what was seen before. */
  async function* tail(): AsyncGenerator<string> {
    const seen = new Set<string>();
    let nextToken: string | undefined;
    for (;;) {
      const asked = new FilterLogEventsCommand({ logGroupName: GROUP, nextToken });
      const answer = await logs.send(asked);
      for (const { eventId = "", message = "", logStreamName } of answer.events ?? []) {
        if (seen.has(eventId)) continue;
        seen.add(eventId);
        yield `${logStreamName} ${message}`;
      }
      nextToken = answer.nextToken;
      await sleep(200);
    }
  }

  test("are followed live, each line once and in its order", async () => {
    const numbers = { web: [] as number[], job: [] as number[] };
    for await (const line of tail()) {
      const [, stream, word, number] = LINE.exec(line) ?? [];
      expect(word).toBe(stream);
      if (number === "failed") continue;
      if (word === "web" || word === "job") numbers[word].push(Number(number));
      // The containers write while this is read.
      if (numbers.web.length >= 8 && numbers.job.length >= 8) break;
    }
    for (const found of Object.values(numbers)) {
      expect(found).toEqual(found.map((_, index) => index + 1));
    }
  });

  test("are there again after the log service died, and go on", async () => {
    const stream = streamOf("web", taskArn);
    const before = (await Array.fromAsync(messagesOf(stream))).length;
    process.kill(berth.pidOf("logs"), "SIGKILL");
    const messages = await eventually("more lines", async () => {
      const found = await Array.fromAsync(messagesOf(stream)).catch(() => []);
      return found.length > before && found;
    });
    expect(messages).toContain("web 1");
    expect(messages).toContain("web failed");
  });

  const hasAws = run("aws", ["--version"]).then(
    () => true,
    () => false,
  );

  test("are read by the AWS CLI", async ({ skip }) => {
    if (!(await hasAws)) skip("the AWS CLI is not installed");
    const aws = async (...words: readonly string[]) => {
      const { stdout } = await run("aws", ["logs", ...words, "--output", "json"], {
        env: berth.environment,
      });
      return JSON.parse(stdout) as Record<string, { message?: string; logStreamName?: string }[]>;
    };
    const group = ["--log-group-name", GROUP];
    const filtered = await aws("filter-log-events", ...group, "--filter-pattern", '"job failed"');
    expect(new Set(filtered["events"]?.map(({ message }) => message))).toEqual(
      new Set(["job failed"]),
    );
    const stream = ["--log-stream-name", streamOf("job", taskArn)];
    const got = await aws(
      "get-log-events",
      ...group,
      ...stream,
      "--start-from-head",
      "--limit",
      "1",
    );
    expect(got["events"]).toMatchObject([{ message: expect.stringMatching(/^job (1|failed)$/) }]);
  });
});

describe("the execution role", () => {
  test("of AWS's console may write, without more being said", async () => {
    const taskArn = await start({
      executionRoleArn: "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
      containerDefinitions: [container("job", "echo done", { mode: "blocking" })],
    });
    await reach(taskArn, "STOPPED");
    const messages = await eventually("its line", async () => {
      const found = await Array.fromAsync(messagesOf(streamOf("job", taskArn)));
      return found.length > 0 && found;
    });
    expect(messages).toEqual(["done"]);
  });

  test("that may not write keeps the container from starting, and that is told", async () => {
    const taskArn = await start({
      executionRoleArn: "arn:aws:iam::123456789012:role/nothing",
      containerDefinitions: [container("job", "echo done", { mode: "blocking" })],
    });
    const { containers = [] } = await reach(taskArn, "STOPPED");
    expect(containers[0]?.reason).toContain("is not authorized to perform: logs:CreateLogStream");
  });
});

/** So many lines of 200 bytes, numbered. */
const lines = (from: number, count: number) =>
  `awk 'BEGIN { x = sprintf("%0191d", 0); for (i = ${from}; i < ${from} + ${count}; i++) printf "%08d%s\\n", i, x }'`;

test("of 10 MB each second nothing is lost where the container waits for its log", async () => {
  const seconds = 3;
  const perSecond = 50_000;
  const writing = Array.from(
    { length: seconds },
    (_, second) => `${lines(second * perSecond, perSecond)} & sleep 1; wait`,
  );
  const taskArn = await start({
    containerDefinitions: [
      { ...container("writer", writing.join("\n"), { mode: "blocking" }), user: "1000" },
    ],
  });
  await reach(taskArn, "STOPPED");
  const stream = streamOf("writer", taskArn);
  const total = seconds * perSecond;
  await eventually("the last line", async () => {
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: stream, limit: 1 }),
    );
    return Number(events[0]?.message?.slice(0, 8)) === total - 1;
  });
  let next = 0;
  for await (const message of messagesOf(stream)) {
    if (message.length !== 199 || Number(message.slice(0, 8)) !== next) break;
    next += 1;
  }
  expect(next).toBe(total);
});

test("a container that need not wait goes on while the log service stands still", async () => {
  const writer: ContainerDefinition = {
    ...container(
      "writer",
      `echo ready
      until [ -e /marks/go ]; do sleep 0.1; done
      ${lines(0, 200_000)}
      touch /marks/done
      sleep 600 & wait`,
    ),
    mountPoints: [{ sourceVolume: MARKS, containerPath: "/marks" }],
  };
  const taskArn = await start({
    volumes: [{ name: MARKS, host: { sourcePath: marks } }],
    containerDefinitions: [writer],
  });
  await reach(taskArn, "RUNNING");
  await eventually("its first line", async () => {
    const { logStreams = [] } = await logs.send(
      new DescribeLogStreamsCommand({
        logGroupName: GROUP,
        logStreamNamePrefix: streamOf("writer", taskArn),
      }),
    );
    return logStreams[0]?.lastEventTimestamp;
  });
  const pid = berth.pidOf("logs");
  process.kill(pid, "SIGSTOP");
  try {
    writeFileSync(join(marks, "go"), "");
    await eventually("all to be written", async () => existsSync(join(marks, "done")));
    // Nor does the API wait for it.
    expect((await reach(taskArn, "RUNNING")).taskArn).toBe(taskArn);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await stop(taskArn);
  await reach(taskArn, "STOPPED");
});
