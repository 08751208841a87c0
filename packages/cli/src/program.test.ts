import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const BERTH = fileURLToPath(new URL("../bin/berth.js", import.meta.url));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-cli-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function berth(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [BERTH, ...args], {
    env: { ...process.env, BERTH_DATA_DIR: directory, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { code: code as number | null, output, errors };
}

describe("help", () => {
  test.each([
    ["--help"],
    ["up", "--help"],
    ["down", "--help"],
    ["status", "--help"],
    ["events", "--help"],
    ["why", "--help"],
    ["templates", "--help"],
    ["top", "--help"],
    ["agent", "--help"],
    ["exec", "--help"],
    ["logs", "--help"],
    ["port-forward", "--help"],
    ["plan", "--help"],
    ["plan update-service", "--help"],
    ["simulate", "--help"],
    ["queue", "--help"],
    ["queue run", "--help"],
    ["alarms", "--help"],
    ["alarms set", "--help"],
    ["keys", "--help"],
    ["keys create", "--help"],
    ["tokens create", "--help"],
  ])("berth %s %s goes to standard output and is no failure", async (...args) => {
    const { code, output, errors } = await berth(args.flatMap((each) => each.split(" ")));
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toContain("Usage: berth");
  });

  test("tells the exit codes", async () => {
    expect((await berth(["--help"])).output).toMatch(/3 {2}up: there is no Docker Engine/);
  });
});

describe("what is not understood ends with 2 and says why on standard error", () => {
  test.each([
    [["dock"], "unknown command"],
    [["up", "--instances", "0"], "whole number from 1 to 50"],
    [["up", "--instances", "three"], "whole number"],
    [["up", "--port", "70000"], "whole number from 1 to 65535"],
    [["status", "--verbose"], "unknown option"],
    [["events", "--type", "weather"], "Allowed choices are task, instance, service, deployment"],
    [["events", "--lines", "some"], "whole number"],
    [["agent"], "required option '--config <file>'"],
    [["why"], "missing required argument 'subject'"],
    [["why", "a b"], "It must be a task id, an ARN"],
    [["plan", "rebalance"], "missing required argument"],
    [["plan", "drain"], "missing required argument"],
    [["plan", "run-task", "--task-definition", "web", "--count", "11"], "number from 1 to 10"],
    [["simulate"], "missing required argument"],
    [["simulate", "/nowhere.yaml"], "is no scenario:\nENOENT"],
    [["simulate", "/nowhere.yaml", "--seed", "-1"], "whole number from 0 to 4294967295"],
    [["queue", "run", "--deadline", "9"], "missing required argument 'task-definition'"],
    [["queue", "run", "web"], "required option '--deadline <seconds>'"],
    [["queue", "run", "web", "--deadline", "0"], "whole number from 1 to 86400"],
    [["queue", "run", "web", "--deadline", "9", "--count", "11"], "whole number from 1 to 10"],
    [["queue", "cancel"], "missing required argument 'id'"],
    [["alarms", "set", "errors"], "missing required argument 'state'"],
    [["alarms", "set", "errors", "RED"], "Allowed choices are OK, ALARM, INSUFFICIENT_DATA."],
    [["alarms", "set", "errors", "OK", "--period-seconds", "0"], "whole number from 1 to 86400"],
    [["alarms", "delete"], "missing required argument 'name'"],
    [["keys", "forge"], "unknown command"],
    [["keys", "create", "--agent"], "required option '--principal <name>'"],
    [["keys", "create", "--principal", "ada"], "Say what the key is for"],
    [["keys", "create", "--principal", "ada", "--agent", "--policy", "p"], "cannot be used with"],
    [["keys", "list", "--endpoint", "berth"], "It must be an http(s) URL."],
    [["keys", "delete"], "missing required argument"],
    [["tokens", "create", "--administrator"], "required option '--principal <name>'"],
    [["tokens", "create", "--principal", "ada"], "Say what the token may do"],
    [["tokens", "revoke"], "missing required argument"],
  ])("berth %j", async (args, reason) => {
    const { code, output, errors } = await berth(args);
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors).toContain(reason);
  });
});

describe("where Berth does not run", () => {
  test.each(["status", "templates"])("%s ends with 5 and says how to start it", async (command) => {
    const { code, errors } = await berth([command]);
    expect(code).toBe(5);
    expect(errors).toContain('"berth up" starts it');
  });

  test("keys ends with 5 and says where there may be another", async () => {
    const { code, errors } = await berth(["keys", "list"]);
    expect(code).toBe(5);
    expect(errors).toContain("--endpoint names another");
  });

  test("down finds nothing to stop, which is no failure", async () => {
    const { code, output } = await berth(["down", "--purge", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual({ processes: "notRunning", containers: 0, purged: true });
  });
});

test("who does not answer at --endpoint is named, and why", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  const { code, errors } = await berth(["why", "web", "--endpoint", `http://127.0.0.1:${port}`], {
    AWS_ACCESS_KEY_ID: "AKIA0000000000000000",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_REGION: "us-east-1",
  });
  expect(code).toBe(1);
  expect(errors).toBe(
    `berth: http://127.0.0.1:${port} does not answer: connect ECONNREFUSED 127.0.0.1:${port}\n`,
  );
});

test("up ends with 3 where DOCKER_HOST names an engine that does not answer", async () => {
  const { code, output, errors } = await berth(["up", "--install-engine"], {
    DOCKER_HOST: `unix://${join(directory, "absent.sock")}`,
  });
  expect({ code, output }).toEqual({ code: 3, output: "" });
  expect(errors).toContain("no Docker Engine answers there");
});

describe("plan --file", () => {
  const AS_SOMEBODY = {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_REGION: "eu-central-1",
  };
  let asked: unknown;
  /** Refuses whatever it is asked. */
  const server = createServer((request, response) => {
    text(request).then((body) => {
      asked = JSON.parse(body);
      response.writeHead(400).end("not here");
    }, expect.unreachable);
  });
  let file: string;
  let endpoint: string;
  beforeEach(async () => {
    file = join(directory, "request.json");
    writeFileSync(file, JSON.stringify({ cluster: "blue", change: { drain: ["i1"] } }));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  test("asks for what the command line says beside what the file says", async () => {
    const said = ["--cluster", "green", "--tasks-fail", "--horizon-ms", "5000"];
    const args = ["plan", "--file", file, ...said, "--endpoint", endpoint];
    const { errors } = await berth(args, AS_SOMEBODY);
    expect(errors).toBe("berth: /v1/plans: 400 not here\n");
    expect(asked).toEqual({
      cluster: "green",
      change: { drain: ["i1"] },
      assumptions: { tasksFail: true, horizonMs: 5_000 },
    });
  });

  test.each([
    [["--file", "FILE", "lose-zone", "a"], "a request in a file has a change of its own"],
    [["apply", "FILE", "--cluster", "green"], "a plan as it was made, without --cluster"],
  ])("goes with no other change, nor a plan with other circumstances: %j", async (args, reason) => {
    const given = args.map((each) => (each === "FILE" ? file : each));
    const { code, errors } = await berth(["plan", ...given, "--endpoint", endpoint], AS_SOMEBODY);
    expect(code).toBe(1);
    expect(errors).toContain(reason);
  });
});
