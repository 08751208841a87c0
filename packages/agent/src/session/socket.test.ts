import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSocket, socketUrl } from "./socket.ts";

const server = createServer();
let refusal = "";

beforeAll(async () => {
  server.on("upgrade", (_request, socket) => {
    socket.end(
      `HTTP/1.1 403 Forbidden\r\nContent-Length: ${refusal.length}\r\nConnection: close\r\n\r\n${refusal}`,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => server.close());

const dial = () => {
  const { port } = server.address() as AddressInfo;
  return openSocket(socketUrl(`http://127.0.0.1:${port}`, {}), () => Promise.resolve({}));
};

test.each([
  ["http://h", "ws://h/ws?a=b%20c&z=1"],
  ["https://h/stage/", "wss://h/stage/ws?a=b%20c&z=1"],
  ["https://h/stage", "wss://h/stage/ws?a=b%20c&z=1"],
])("makes of the endpoint %s the socket's URL", (endpoint, expected) => {
  expect(socketUrl(endpoint, { z: "1", a: "b c" }).href).toBe(expected);
});

test.each([
  [
    '{"type":"InactiveInstanceException","message":{"message":"gone"}}',
    "InactiveInstanceException",
    "gone",
  ],
  ['{"InactiveInstanceException":"gone"}', "InactiveInstanceException", "gone"],
  ["<html>", "Http403", "<html>"],
])("knows from %s why it was refused", async (body, code, message) => {
  refusal = body;
  await expect(dial()).rejects.toMatchObject({ code, message });
});
