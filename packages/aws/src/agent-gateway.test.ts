import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createAgentGateway } from "./agent-gateway.ts";
import { createConnectionsClient } from "./clients.ts";

/** The `@connections` part of API Gateway: what was posted, and what it answers. */
let server: Server;
let posted: { readonly path: string; readonly body: string }[];
let status: number;

const HEARTBEAT = {
  type: "HeartbeatMessage",
  message: { messageId: "m1", healthy: true },
} as const;

beforeEach(async () => {
  posted = [];
  status = 200;
  server = createServer((request, response) => {
    void text(request).then((body) => {
      posted.push({ path: `${request.method} ${request.url}`, body });
      response.writeHead(status, status === 410 ? { "x-amzn-errortype": "GoneException" } : {});
      response.end(status < 300 ? "" : "{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const gateway = () =>
  createAgentGateway(
    createConnectionsClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    }),
  );

it("posts one JSON frame to the connection", async () => {
  await expect(gateway().push("L0SM9cOFvHcCIhw=", HEARTBEAT)).resolves.toBe("sent");
  expect(posted).toEqual([
    { path: "POST /ws/@connections/L0SM9cOFvHcCIhw%3D", body: JSON.stringify(HEARTBEAT) },
  ]);
});

it("says that a connection is gone", async () => {
  status = 410;
  await expect(gateway().push("c1", HEARTBEAT)).resolves.toBe("gone");
});

it("fails where the gateway does, so that the message is tried again", async () => {
  status = 500;
  await expect(gateway().push("c1", HEARTBEAT)).rejects.toMatchObject({
    $metadata: { httpStatusCode: 500 },
  });
});

it("closes a connection, and is content where there is none any more", async () => {
  status = 204;
  await gateway().close("c1");
  status = 410;
  await gateway().close("c1");
  expect(posted.map(({ path }) => path)).toEqual(
    Array.from({ length: 2 }, () => "DELETE /ws/@connections/c1"),
  );
});

it("says that a connection could not be closed", async () => {
  status = 500;
  await expect(gateway().close("c1")).rejects.toMatchObject({
    $metadata: { httpStatusCode: 500 },
  });
});
