import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ContainerWatcher } from "../engine.ts";
import { connectDocker } from "./connection.ts";
import { watchContainers, WATCH_TIMES } from "./watch.ts";

const INSTANCE = { cluster: "c", containerInstanceArn: "i" };
const LABELS = { "com.amazonaws.ecs.task-arn": "t", "com.amazonaws.ecs.container-name": "web" };
const TIMES = { ...WATCH_TIMES, firstReconnectMs: 1, surveyEveryMs: 5, tellingMs: 1 };

/** An engine with one container, whose streams say nothing but what a test has them say. */
const server = createServer((request, response) => {
  if (request.url?.startsWith("/events")) {
    response.writeHead(200).flushHeaders();
    streams.push(response);
  } else {
    surveys += 1;
    response.end(
      JSON.stringify([{ Id: "d1", State: isRunning ? "running" : "exited", Labels: {} }]),
    );
  }
});

let streams: ServerResponse[];
let surveys: number;
let isRunning: boolean;
let stopping: AbortController;
let heard: string[];
let explained: boolean;

beforeEach(async () => {
  [streams, surveys, isRunning, heard, explained] = [[], 0, true, [], true];
  stopping = new AbortController();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const watcher: ContainerWatcher = {
    onWatching: () => heard.push("watching"),
    onBroken: () => heard.push("broken"),
    onStart: (_, dockerId) => heard.push(`start ${dockerId}`),
    onExit: (_, { exitCode }) => heard.push(`exit ${exitCode}`),
    onHealth: (_, { status }) => heard.push(status),
    explains: (running) => explained && running.has("d1") === isRunning,
  };
  const docker = connectDocker(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const memoryKills = { hear: (dockerId: string) => void heard.push(`memory kill in ${dockerId}`) };
  const parts = { watcher, memoryKills, signal: stopping.signal, times: TIMES };
  void watchContainers(docker, INSTANCE, parts);
  await vi.waitUntil(() => streams.length === 1);
});
afterEach(async () => {
  stopping.abort();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const say = (Action: string, attributes: Readonly<Record<string, string>> = {}) =>
  streams
    .at(-1)
    ?.write(
      `${JSON.stringify({ Action, timeNano: 5e6, Actor: { ID: "d1", Attributes: { ...LABELS, ...attributes } } })}\n`,
    );

test("tells of starts, ends and health", async () => {
  say("start");
  say("health_status: unhealthy");
  say("die", { exitCode: "3" });
  await expect.poll(() => heard).toEqual(["watching", "start d1", "UNHEALTHY", "exit 3"]);
});

test("tells of a process that was killed for want of memory", async () => {
  say("oom");
  await expect.poll(() => heard).toEqual(["watching", "memory kill in d1"]);
});

test("listens anew where the stream breaks", async () => {
  streams[0]?.destroy();
  await expect.poll(() => heard).toEqual(["watching", "broken", "watching"]);
});

test("listens anew where the stream says nothing of what has changed", async () => {
  await expect.poll(() => surveys).toBeGreaterThan(2);
  expect(streams).toHaveLength(1);
  explained = false;
  await expect.poll(() => streams.length).toBeGreaterThan(1);
  expect(heard.slice(0, 2)).toEqual(["watching", "broken"]);
});
