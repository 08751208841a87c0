import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { sendText } from "./socket.ts";

let server: WebSocketServer;
let client: WebSocket;
let messages: string[];
/** What came over the line after the handshake. */
let bytes: Buffer;

beforeEach(async () => {
  [messages, bytes] = [[], Buffer.alloc(0)];
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (webSocket: WebSocket, request: IncomingMessage) => {
    request.socket.prependListener("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
    });
    webSocket.on("message", (data, isBinary) => {
      if (!isBinary) messages.push((data as Buffer).toString("utf8"));
    });
  });
  await once(server, "listening");
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, "open");
});
afterEach(() => {
  client.terminate();
  server.close();
});

/** Lengths of the frames that a client has sent: each is masked. */
function frameLengths(): readonly number[] {
  const lengths = [];
  for (let at = 0; at < bytes.length;) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const wide = short === 127 ? 8 : short === 126 ? 2 : 0;
    const long = wide === 8 ? Number(bytes.readBigUInt64BE(at + 2)) : 0;
    const length = wide === 2 ? bytes.readUInt16BE(at + 2) : wide === 8 ? long : short;
    lengths.push(length);
    at += 2 + wide + 4 + length;
  }
  return lengths;
}

test.each([
  ["nothing", "", 1],
  ["a short message", "hello", 1],
  ["one that just fits", "x".repeat(32_000), 1],
  ["one that just does not", "x".repeat(32_001), 2],
  ["one that is cut within a character", "ü".repeat(60_000), 4],
])("sends %s whole, in frames that API Gateway takes", async (_, text, frames) => {
  sendText(client, text);
  sendText(client, "end");
  await expect.poll(() => messages).toEqual([text, "end"]);
  const lengths = frameLengths();
  expect(lengths).toHaveLength(frames + 1);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(32 * 1024);
});
