import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  type ContainerDefinition,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import type { CreatedAccessKey } from "@berth/contracts/rest/access-keys";
import type { StreamTicket } from "@berth/contracts/rest/streams";
import { OutputReader } from "@berth/contracts/stream/output-record";
import { ClientStream } from "@berth/cli/streams/client-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, CLI, eventually } from "./berth.ts";
import { createService, registerDemo, stable, tasksOf } from "./demo.ts";
import { eventsOf } from "./event-log.ts";
import { signedFetch } from "./signed-fetch.ts";

const SLOW = 120_000;

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start({ instances: 2 });
}, SLOW);
afterAll(async () => berth?.down());

/** Ends on SIGTERM, which a program on its own in its container would not. */
const WAITING = "trap 'exit 0' TERM; while :; do sleep 1; done";

const aContainer = (members: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name: "main",
  image: "berth/demo:1",
  cpu: 16,
  memory: 32,
  command: ["sh", "-c", WAITING],
  readonlyRootFilesystem: true,
  ...members,
});

/** Starts a task of these containers and waits until it runs, or has run to its end. */
async function run(
  containers: readonly ContainerDefinition[],
  enableExecuteCommand = true,
): Promise<Task> {
  const family = `streams-${randomBytes(4).toString("hex")}`;
  await berth.ecs.send(
    new RegisterTaskDefinitionCommand({ family, containerDefinitions: [...containers] }),
  );
  const { tasks = [] } = await berth.ecs.send(
    new RunTaskCommand({ taskDefinition: family, enableExecuteCommand }),
  );
  const task = await inState(tasks[0]?.taskArn ?? "", ["RUNNING", "STOPPED"]);
  const { stopCode = "EssentialContainerExited", stoppedReason } = task;
  expect({ stopCode, stoppedReason }).toMatchObject({ stopCode: "EssentialContainerExited" });
  return task;
}

const inState = (arn: string, states: readonly string[]): Promise<Task> =>
  eventually(
    `${arn} is ${states.join(" or ")}`,
    async () => {
      const { tasks } = await berth.ecs.send(new DescribeTasksCommand({ tasks: [arn] }));
      return tasks?.find(({ lastStatus = "" }) => states.includes(lastStatus));
    },
    SLOW,
  );

const arnOf = ({ taskArn = "" }: Task): string => taskArn;

/** The command as a user has it in a terminal, but without one. */
function cli(...args: readonly string[]) {
  return cliOf({ BERTH_DATA_DIR: berth.dataDir }, ...args);
}

/** The same for somebody else. */
function cliOf(env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  return spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

async function ended(child: ReturnType<typeof cli>) {
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { output, errors, code: code as number };
}

async function berthCli(...args: readonly string[]) {
  const child = cli(...args);
  child.stdin.end();
  return ended(child);
}

describe("berth exec", () => {
  let task: Task;
  beforeAll(async () => {
    task = await run([aContainer()]);
  }, SLOW);

  test("runs a program where the root file system is read-only, and passes its exit code on", async () => {
    const script = "echo out; echo err >&2; touch /x 2>/dev/null || exit 7";
    const { output, errors, code } = await berthCli("exec", arnOf(task), "--", "sh", "-c", script);
    expect({ output, errors, code }).toEqual({ output: "out\n", errors: "err\n", code: 7 });
  });

  test("says of a program that is not there what shells say", async () => {
    const { code } = await berthCli("exec", arnOf(task), "--", "/none");
    expect([126, 127]).toContain(code);
  });

  test("hands on megabytes of standard input, whole and in order", async () => {
    const input = randomBytes(5 * 1024 * 1024);
    const child = cli("exec", "-i", arnOf(task), "--", "cat");
    const hash = createHash("sha256");
    child.stdout.on("data", (piece: Buffer) => hash.update(piece));
    child.stdin.end(input);
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(0);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(input).digest("hex"));
    const agents = ["agent-1", "agent-2"].map((name) => berth.pidOf(name));
    const deaf = cli("exec", "-i", arnOf(task), "--", "true");
    deaf.stdin.on("error", () => undefined);
    deaf.stdin.end(input);
    expect((await ended(deaf)).code).toBe(0);
    expect(["agent-1", "agent-2"].map((name) => berth.pidOf(name))).toEqual(agents);
  });

  test("gives a terminal of the size that it is told, to which Ctrl-C goes", async () => {
    const waitForSize = 'until [ "$(busybox stty size)" = "40 120" ]; do sleep 0.1; done';
    const command = ["sh", "-c", `${waitForSize}; echo sized; exec sleep 600`];
    const output: string[] = [];
    const stream = await openExec(arnOf(task), { command, tty: true }, (piece) =>
      output.push(piece),
    );
    stream.link.say({ kind: "resize", columns: 120, rows: 40 });
    await eventually("the terminal has its size", async () => output.join("").includes("sized"));
    await stream.type("\x03");
    expect(await stream.closed).toMatchObject({ exitCode: 130 });
    stream.end();
  });

  test("ends the program whose client went away", async () => {
    const marker = `sleep ${10_000 + Math.floor(Math.random() * 10_000)}`;
    const running = async () => {
      const { output } = await berthCli("exec", arnOf(task), "--", "ps");
      return output.includes(marker);
    };
    const child = cli("exec", "-i", arnOf(task), "--", ...marker.split(" "));
    await eventually("it runs", running);
    child.kill("SIGKILL");
    const isGone = await eventually("it is gone", async () => !(await running()), SLOW);
    expect(isGone).toBe(true);
  });

  test("tells who ran what and how it ended, and nothing of what was written", async () => {
    const secret = `data-${randomBytes(6).toString("hex")}`;
    const child = cli("exec", "-i", arnOf(task), "--", "cat");
    child.stdin.end(secret);
    expect((await ended(child)).output).toBe(secret);
    const events = await eventually("its end is told", async () => {
      const told = await eventsOf(berth, "--type", "session");
      const ofCat = told.filter(({ detail }) => JSON.stringify(detail["command"]) === '["cat"]');
      const last = ofCat.slice(-2);
      return last[1]?.detail["state"] === "ENDED" && last[1].detail["bytesIn"] === secret.length
        ? last
        : undefined;
    });
    expect(events.map(({ source }) => source)).toEqual(["berth.ecs", "berth.ecs"]);
    expect(events[0]?.detail).toMatchObject({
      state: "STARTED",
      operation: "EXEC",
      taskArn: arnOf(task),
      containerName: "main",
      tty: false,
      principalArn: expect.stringContaining(":root") as string,
    });
    expect(events[1]?.detail).toMatchObject({
      state: "ENDED",
      exitCode: 0,
      durationMs: expect.any(Number) as number,
    });
    expect(JSON.stringify(await eventsOf(berth, "--type", "session"))).not.toContain(secret);
  });

  test("is refused for a task without it, for one that stopped, and to who may not", async () => {
    const plain = await run([aContainer()], false);
    const refused = await berthCli("exec", arnOf(plain), "--", "true");
    expect(refused.code).toBe(1);
    expect(refused.errors).toContain("was run without enableExecuteCommand");
    const over = await run([aContainer({ command: ["true"] })]);
    await inState(arnOf(over), ["STOPPED"]);
    const tooLate = await berthCli("exec", arnOf(over), "--", "true");
    expect(tooLate.errors).toContain("is STOPPED: it has to be RUNNING.");
    const answer = await execAs(await aKeyFor("berth:GetTaskLogs"), arnOf(task));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("ecs:ExecuteCommand");
    expect((await execAs(await aKeyFor("ecs:ExecuteCommand"), arnOf(task))).status).toBe(201);
    await berth.ecs.send(new StopTaskCommand({ task: arnOf(plain) }));
  });
});

test(
  "a session ends in about a minute, and so does its program, once the key is deleted that it was asked for with",
  async () => {
    const task = await run([aContainer()]);
    const { accessKeyId, secretAccessKey } = await aKeyFor("ecs:ExecuteCommand");
    const env = {
      ...berth.environment,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const asked = ["exec", "-i", "--endpoint", berth.endpoint.url, arnOf(task), "--", "cat"];
    const child = cliOf(env, ...asked);
    child.stdin.on("error", () => undefined);
    const typing = setInterval(() => child.stdin.write("hello\n"), 1_000);
    try {
      await once(child.stdout, "data");
      const deleted = await berthCli("keys", "delete", accessKeyId);
      expect(deleted.code).toBe(0);
      const reason = `The access key ${accessKeyId} does not exist any more.`;
      const { code, errors } = await ended(child);
      expect({ code, errors }).toEqual({ code: 1, errors: `berth: ${reason}\n` });
      await eventually("the program to be gone", async () => {
        const { output } = await berthCli("exec", arnOf(task), "--", "ps");
        return output.includes("ps") && !/ cat$/m.test(output);
      });
      await eventually("its end is told with the reason", async () =>
        (await eventsOf(berth, "--type", "session")).some(
          ({ detail }) => detail["state"] === "ENDED" && detail["reason"] === reason,
        ),
      );
    } finally {
      clearInterval(typing);
    }
  },
  SLOW,
);

/** An issued key whose policy allows this one action. */
async function aKeyFor(action: string): Promise<CreatedAccessKey> {
  const policy = join(berth.dataDir, "policy.json");
  const statement = { Effect: "Allow", Action: action, Resource: "*" };
  writeFileSync(policy, JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
  const made = await berthCli("keys", "create", "--principal", "ci", "--policy", policy, "--json");
  return JSON.parse(made.output) as CreatedAccessKey;
}

const execAs = ({ accessKeyId, secretAccessKey }: CreatedAccessKey, arn: string) =>
  signedFetch(
    { endpoint: { ...berth.endpoint, accessKeyId, secretAccessKey } },
    {
      method: "POST",
      path: `/v1/tasks/${encodeURIComponent(arn)}/exec`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ command: ["true"] }),
    },
  );

/** A session as a program of one's own has it. */
async function openExec(
  arn: string,
  body: { readonly command: readonly string[]; readonly tty: boolean },
  onOutput: (text: string) => void,
) {
  const answer = await signedFetch(berth, {
    method: "POST",
    path: `/v1/tasks/${encodeURIComponent(arn)}/exec`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  let type: (text: string) => Promise<void> = () => Promise.resolve();
  const stream = await ClientStream.open((await answer.json()) as StreamTicket, {
    onOpen: (channel) => {
      type = (typed) => channel.write(Buffer.from(typed));
      void (async () => {
        const reader = new OutputReader();
        for await (const piece of channel) {
          for (const { bytes } of reader.read(piece)) onOutput(bytes.toString());
        }
      })();
    },
  });
  return {
    link: stream.link,
    closed: stream.closed,
    end: () => stream.end(),
    type: (typed: string) => type(typed),
  };
}

describe("berth logs", () => {
  test("follows both containers of a task, and tells them apart", async () => {
    const says = (word: string) => ["sh", "-c", `echo ${word}; echo ${word}-error >&2; ${WAITING}`];
    const task = await run([
      aContainer({ name: "one", command: says("first") }),
      aContainer({ name: "two", command: says("second") }),
    ]);
    const child = cli("logs", "-f", arnOf(task));
    child.stdin.end();
    const [output, errors] = [collected(child.stdout), collected(child.stderr)];
    await eventually("all four lines", async () => {
      const lines = [...linesOf(output()), ...linesOf(errors())];
      return lines.length === 4;
    });
    expect(linesOf(output()).toSorted()).toEqual(["one | first", "two | second"]);
    expect(linesOf(errors()).toSorted()).toEqual(["one | first-error", "two | second-error"]);
    await berth.ecs.send(new StopTaskCommand({ task: arnOf(task) }));
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(0);
    const since = await berthCli(
      "logs",
      "--container",
      "two",
      "--timestamps",
      "--tail",
      "1",
      arnOf(task),
    );
    expect(`${since.output}${since.errors}`).toMatch(/^\d{4}-\S+Z second(-error)?\n$/);
  });

  test("loses nothing of ten megabytes that come at once, and keeps their order", async () => {
    const awk = `BEGIN { pad = sprintf("%500s", ""); for (i = 0; i < 20000; i++) printf "%08d%s\\n", i, pad }`;
    const task = await run([aContainer({ command: ["busybox", "awk", awk] })]);
    const { output, code } = await berthCli("logs", "-f", arnOf(task));
    expect(code).toBe(0);
    const lines = linesOf(output);
    expect(lines).toHaveLength(20_000);
    expect(
      lines.every((line, index) => line.length === 508 && Number(line.slice(0, 8)) === index),
    ).toBe(true);
  });

  test("goes on with the task that replaces another one of its service", async () => {
    const command = ["sh", "-c", `echo "hello from $(hostname)"; ${WAITING}`];
    const definition = await registerDemo(berth, "chatty", "1", { command });
    await createService(berth, "chatty", definition, 1);
    await stable(berth, "chatty", SLOW);
    const child = cli("logs", "-f", "chatty");
    child.stdin.end();
    const output = collected(child.stdout);
    await eventually("the first task is heard", async () => linesOf(output()).length === 1);
    const [first] = await tasksOf(berth, "chatty");
    await berth.ecs.send(new StopTaskCommand({ task: first?.taskArn }));
    await eventually("its successor is heard", async () => linesOf(output()).length === 2, SLOW);
    const tasks = linesOf(output()).map((line) => line.split("/")[0]);
    expect(tasks[0]).toBe(first?.taskArn?.slice(-8));
    expect(tasks[1]).not.toBe(tasks[0]);
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(130);
    await eventually("its end is told, with what went through", async () =>
      (await eventsOf(berth, "--type", "session")).some(
        ({ detail }) =>
          detail["state"] === "ENDED" &&
          String(detail["taskArn"]).endsWith(tasks[1] ?? "?") &&
          Number(detail["bytesOut"]) > 0,
      ),
    );
  });
});

function collected(stream: NodeJS.ReadableStream): () => string {
  let said = "";
  stream.on("data", (piece: Buffer) => (said += piece.toString()));
  return () => said;
}

const linesOf = (said: string): readonly string[] => said.split("\n").slice(0, -1);

describe("berth port-forward", () => {
  test("serves the demo page, over several connections at once", async () => {
    const task = await run([aContainer({ command: [], readonlyRootFilesystem: false })]);
    const child = cli("port-forward", "--json", arnOf(task), "0:80");
    child.stdin.end();
    const output = collected(child.stdout);
    const { port } = await eventually("it listens", async () =>
      output().includes("}") ? (JSON.parse(output()) as { port: number }) : undefined,
    );
    const pages = await Promise.all(
      Array.from({ length: 5 }, async () => (await fetch(`http://127.0.0.1:${port}/`)).text()),
    );
    expect(pages.every((page) => page.startsWith("berth demo 1 on"))).toBe(true);
    await berth.ecs.send(new StopTaskCommand({ task: arnOf(task) }));
    const { errors, code } = await ended(child);
    expect(code).toBe(1);
    expect(errors).toContain("does not run any more");
  });
});

test("a session whose agent is killed ends, and says so", async () => {
  const task = await run([aContainer()]);
  const { containerInstanceArn } = task;
  const child = cli("exec", "-i", arnOf(task), "--", "cat");
  child.stdin.write("hello\n");
  await once(child.stdout, "data");
  for (const agent of ["agent-1", "agent-2"]) process.kill(berth.pidOf(agent), "SIGKILL");
  const { code, errors } = await ended(child);
  expect(containerInstanceArn).toBeDefined();
  expect({ code, errors }).toEqual({ code: 1, errors: "berth: The agent went away.\n" });
});
