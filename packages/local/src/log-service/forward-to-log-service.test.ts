import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenOnSocket } from "../embedded/listen-on-socket.ts";
import { forwardToLogService } from "./forward-to-log-service.ts";

let directory: string;
let socketPath: string;
let front: Server;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-forward-"));
  socketPath = join(directory, "logs.sock");
  front = createServer(forwardToLogService(socketPath));
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
});
afterEach(() => {
  front.closeAllConnections();
  front.close();
  rmSync(directory, { recursive: true });
});

const post = (body: string) =>
  fetch(`http://127.0.0.1:${(front.address() as AddressInfo).port}/?a=b`, {
    method: "POST",
    headers: { "x-amz-target": "Logs_20140328.PutLogEvents" },
    body,
  });

test("a request goes on as it came, and its answer comes back as it is", async () => {
  const service = createServer(async (request, response) => {
    const { method, url, headers } = request;
    response.writeHead(418, { "x-amzn-requestid": "r-1" });
    response.end(JSON.stringify({ method, url, host: headers.host, body: await text(request) }));
  });
  await listenOnSocket(service, socketPath);
  const answer = await post("x".repeat(2_000_000));
  expect(answer.status).toBe(418);
  expect(answer.headers.get("x-amzn-requestid")).toBe("r-1");
  expect(await answer.json()).toEqual({
    method: "POST",
    url: "/?a=b",
    // The signature is of it.
    host: `127.0.0.1:${(front.address() as AddressInfo).port}`,
    body: "x".repeat(2_000_000),
  });
  service.closeAllConnections();
  service.close();
});

test("where nobody is there it says so, in a way that SDKs try again for", async () => {
  const answer = await post("{}");
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ __type: "ServiceUnavailableException" });
});
