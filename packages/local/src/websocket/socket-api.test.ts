import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { WebsocketConnectEvent, WebsocketEvent } from "./events.ts";
import { SocketApi } from "./socket-api.ts";

let server: Server;
let api: SocketApi;
let events: WebsocketEvent[];
let handler: (event: WebsocketEvent) => Promise<APIGatewayProxyStructuredResultV2>;

beforeEach(async () => {
  // Of this test alone: the end of an earlier one's connection may still be on its way.
  const seen: WebsocketEvent[] = [];
  events = seen;
  handler = async () => ({ statusCode: 200 });
  api = new SocketApi({
    handler: async (event) => {
      seen.push(event);
      return handler(event);
    },
    now: Date.now,
    log: () => undefined,
  });
  server = createServer();
  server.on("upgrade", (request, socket, head) => api.upgrade(request, socket, head));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const dial = (path = "/ws?clusterArn=default&seqNum=1") =>
  new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
    headers: { "X-Amz-Date": "20260101T000000Z" },
  });

const routes = () => events.map((event) => event.requestContext.routeKey);
const connectionId = () => events[0]?.requestContext.connectionId ?? "";

async function opened(socket: WebSocket): Promise<WebSocket> {
  await once(socket, "open");
  return socket;
}

describe("a handshake", () => {
  test("is shown to the handler with its headers and query", async () => {
    const socket = await opened(dial("/ws?clusterArn=default&containerInstanceArn=a%2Fb"));
    expect(events[0]).toMatchObject({
      headers: { "x-amz-date": "20260101T000000Z" },
      queryStringParameters: { clusterArn: "default", containerInstanceArn: "a/b" },
      requestContext: { routeKey: "$connect", eventType: "CONNECT", stage: "ws" },
    });
    expect((events[0] as WebsocketConnectEvent).multiValueHeaders["x-amz-date"]).toHaveLength(1);
    socket.close();
  });

  test("is refused with the handler's own status and body", async () => {
    handler = async () => ({ statusCode: 403, body: '{"InactiveInstanceException":"gone"}' });
    const socket = dial();
    socket.on("error", () => undefined);
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(403);
    expect(await text(response)).toBe('{"InactiveInstanceException":"gone"}');
    expect(await api.push(connectionId(), "x")).toBe("gone");
  });

  test("is refused where the handler throws", async () => {
    handler = async () => Promise.reject(new Error("store is away"));
    const socket = dial();
    socket.on("error", () => undefined);
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(502);
  });

  test("on another path is refused without asking", async () => {
    const socket = dial("/other");
    socket.on("error", () => undefined);
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(404);
    expect(events).toEqual([]);
  });
});

describe("messages", () => {
  test("reach the handler one at a time and in order, and then the end does", async () => {
    let running = 0;
    handler = async () => {
      running += 1;
      expect(running).toBe(1);
      await delay(5);
      running -= 1;
      return { statusCode: 200 };
    };
    const socket = await opened(dial());
    for (const each of ["1", "2", "3"]) socket.send(each);
    socket.close();
    await vi.waitFor(() => expect(routes().at(-1)).toBe("$disconnect"));
    expect(routes()).toEqual(["$connect", "$default", "$default", "$default", "$disconnect"]);
    expect(events.flatMap((event) => event.body ?? [])).toEqual(["1", "2", "3"]);
  });

  test("go on after one that the handler threw on", async () => {
    const socket = await opened(dial());
    handler = async () => Promise.reject(new Error("no"));
    socket.send("1");
    socket.send("2");
    await vi.waitFor(() => expect(events).toHaveLength(3));
    socket.close();
  });

  test("must be text", async () => {
    const socket = await opened(dial());
    socket.send(Buffer.from([1, 2, 3]));
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(1003);
  });

  test("over API Gateway's limit end the connection", async () => {
    const socket = await opened(dial());
    socket.send("x".repeat(128 * 1024 + 1));
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(1009);
  });
});

describe("push", () => {
  test("waits for a handshake that is still going on", async () => {
    const accepted = Promise.withResolvers<APIGatewayProxyStructuredResultV2>();
    handler = async () => accepted.promise;
    const socket = dial();
    await vi.waitFor(() => expect(events).toHaveLength(1));
    const pushed = api.push(connectionId(), "early");
    handler = async () => ({ statusCode: 200 });
    accepted.resolve({ statusCode: 200 });
    const [data] = (await once(socket, "message")) as [Buffer];
    expect([String(data), await pushed]).toEqual(["early", "sent"]);
    socket.close();
  });

  test("says so when the connection is gone", async () => {
    const socket = await opened(dial());
    socket.terminate();
    await vi.waitFor(() => expect(routes()).toContain("$disconnect"));
    expect(await api.push(connectionId(), "late")).toBe("gone");
  });
});

test("closing ends the connections and leaves the handler believing in them", async () => {
  const socket = await opened(dial());
  api.close();
  const [code] = (await once(socket, "close")) as [number];
  expect(code).toBe(1001);
  await delay(20);
  expect(routes()).toEqual(["$connect"]);
});
