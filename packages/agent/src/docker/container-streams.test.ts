import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NoAnswer } from "../within.ts";
import type { ContainerStreams } from "../streams/container-streams.ts";
import { connectDocker } from "./connection.ts";
import { dockerStreams } from "./container-streams.ts";

const LIMIT_MS = 300;
const LS = { command: ["ls"], tty: false };

/** What an engine says to these calls; others it knows, but never answers. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  "GET /_ping": {},
  "POST /containers/c/exec": { Id: "e" },
  "GET /exec/e/json": { Running: false, ExitCode: 3, Pid: 0 },
  "GET /containers/c/json": { Config: { Tty: true }, HostConfig: { NetworkMode: "host" } },
};

let server: Server;
let directory: string;
/** Never answered, whatever the table says. */
let stuck: string;
/** Calls whose caller has gone. */
let leftAlone: string[];
let streams: ContainerStreams;

beforeEach(async () => {
  [stuck, leftAlone] = ["", []];
  directory = mkdtempSync(join(tmpdir(), "berth-streams-"));
  server = createServer(answer);
  server.on("upgrade", (request, socket: Socket) => upgrade(request, socket));
  server.listen(join(directory, "engine.sock"));
  await once(server, "listening");
  const docker = connectDocker(`unix://${directory}/engine.sock`);
  // What a first call takes on a busy machine is none of what is looked at.
  await docker.ping();
  streams = dockerStreams(docker, LIMIT_MS);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const callOf = ({ method, url = "" }: IncomingMessage) => `${method} ${url.split("?")[0]}`;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const call = callOf(request);
  request.resume();
  response.on("close", () => !response.writableEnded && leftAlone.push(call));
  if (call === stuck) return;
  if (call === "GET /containers/c/logs") response.writeHead(200).write("begun\n");
  else if (ANSWERS[call]) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(ANSWERS[call]));
  }
}

function upgrade(request: IncomingMessage, socket: Socket): void {
  const call = callOf(request);
  socket.on("error", () => undefined);
  socket.on("end", () => leftAlone.push(call)).resume();
  if (call === stuck) return;
  socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nbegun\n");
}

const readLogs = () => streams.logs("c", { follow: true, signal: new AbortController().signal });

describe("an engine that never answers", () => {
  test.each([
    ["POST /containers/c/exec", () => streams.exec("c", LS)],
    ["POST /exec/e/start", () => streams.exec("c", LS)],
    ["GET /exec/e/json", async () => (await streams.exec("c", LS)).exitCode()],
    ["GET /exec/e/json", async () => (await streams.exec("c", LS)).hangUp()],
    [
      "POST /exec/e/resize",
      async () => (await streams.exec("c", LS)).resize({ columns: 80, rows: 24 }),
    ],
    ["GET /containers/c/json", () => readLogs()],
    ["GET /containers/c/logs", () => readLogs()],
    ["GET /containers/c/json", () => streams.address("c")],
  ] as const)("to %s is not waited for, and its connection is let go", async (call, ask) => {
    stuck = call;
    await expect(ask()).rejects.toBeInstanceOf(NoAnswer);
    await expect.poll(() => leftAlone, { timeout: 10_000 }).toContain(call);
  });
});

describe("what has begun has no deadline:", () => {
  test("logs", async () => {
    const { stream } = await readLogs();
    await delay(3 * LIMIT_MS);
    expect([String(stream.read()), stream.destroyed]).toEqual(["begun\n", false]);
  });

  test("a program", async () => {
    const exec = await streams.exec("c", LS);
    await delay(3 * LIMIT_MS);
    expect([String(exec.stream.read()), exec.stream.destroyed]).toEqual(["begun\n", false]);
    expect(await exec.exitCode()).toBe(3);
  });
});

test("logs that nobody wants any more are let go while the engine has yet to answer", async () => {
  stuck = "GET /containers/c/logs";
  const unwanted = new AbortController();
  const asked = streams.logs("c", { follow: true, signal: unwanted.signal });
  await delay(LIMIT_MS / 3);
  unwanted.abort();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
});
