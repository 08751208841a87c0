import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { lineLog } from "../log.ts";
import { keepConnected, type Link } from "./connection.ts";
import { openSocket } from "./socket.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that greets each connection in its own way, and a link that is kept connected to it. */
async function connected(greet: (socket: WebSocket, count: number) => void, silenceMs = 60_000) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const times: number[] = [];
  server.on("connection", (socket) => {
    times.push(Date.now());
    greet(socket, times.length);
  });
  const stopping = new AbortController();
  const url = new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`);
  const link: Link = {
    name: "test",
    retry: { firstMs: 200, factor: 2, maxMs: 1_000 },
    open: () => openSocket(url, () => Promise.resolve({})),
    onOpen: () => undefined,
    onMessage: (text) => text === "alive",
    onClosed: () => undefined,
  };
  const done = keepConnected(link, {
    log: lineLog("none", () => undefined),
    signal: stopping.signal,
    times: { silenceMs, renewAfterMs: 3_600_000 },
  });
  closers.push(() => {
    stopping.abort();
    server.close();
  });
  const count = async (wanted: number) => {
    while (times.length < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
    return times;
  };
  return { count, stop: () => stopping.abort(), done };
}

test("waits before it dials again where it was hung up on at once", async () => {
  const { count } = await connected((socket) => socket.close(1000));
  const [first = 0, second = 0, third = 0] = await count(3);
  expect(second - first).toBeGreaterThanOrEqual(150);
  expect(third - second).toBeGreaterThanOrEqual(300);
});

test("hangs up on a server that says nothing of use, and dials again", async () => {
  const { count } = await connected((socket, number) => {
    if (number === 1) setInterval(() => socket.send("noise"), 20).unref();
  }, 100);
  const [first = 0, second = 0] = await count(2);
  expect(second - first).toBeGreaterThanOrEqual(100);
});

test("stays with a server that shows signs of life", async () => {
  const { count, stop, done } = await connected((socket) => {
    setInterval(() => socket.send("alive"), 20).unref();
  }, 150);
  await count(1);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await count(1)).toHaveLength(1);
  stop();
  await done;
});
