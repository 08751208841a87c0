import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createListener } from "../http/listener.ts";
import { createManagementApi } from "./management-api.ts";

const credentials = { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" };
const principalArn = "arn:aws:iam::000000000000:root";

const api = async () => ({ statusCode: 404 });
const log = () => undefined;

let server: Server;
let pushed: string[][];
beforeEach(async () => {
  pushed = [];
  const connections = createManagementApi({
    now: Date.now,
    findAccessKey: (id) =>
      id === credentials.accessKeyId ? { ...credentials, principalArn } : undefined,
    push: async (connectionId, text) => {
      pushed.push([connectionId, text]);
      return connectionId === "here=" ? "sent" : "gone";
    },
    close: async (connectionId) => (connectionId === "here=" ? "closed" : "gone"),
  });
  const logs = () => expect.unreachable();
  const others = { api, events: api, reference: api, logs };
  const routes = { account: "000000000000", ...others, connections, log };
  server = createServer(createListener(routes));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const clientWith = (secretAccessKey: string) =>
  new ApiGatewayManagementApiClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    credentials: { ...credentials, secretAccessKey },
  });

async function post(connectionId: string, secretAccessKey = credentials.secretAccessKey) {
  const Data = '{"type":"HeartbeatMessage","message":{"text":"läuft"}}';
  const command = new PostToConnectionCommand({ ConnectionId: connectionId, Data });
  return clientWith(secretAccessKey).send(command);
}

const end = (connectionId: string) =>
  clientWith(credentials.secretAccessKey).send(
    new DeleteConnectionCommand({ ConnectionId: connectionId }),
  );

test("takes pushes from AWS's own client", async () => {
  await post("here=");
  expect(pushed).toEqual([["here=", '{"type":"HeartbeatMessage","message":{"text":"läuft"}}']]);
});

test("tells that client of a connection that is gone in the way it knows", async () => {
  await expect(post("away")).rejects.toMatchObject({ name: "GoneException" });
});

test("takes nothing that was not signed with the key", async () => {
  await expect(post("here=", "another")).rejects.toMatchObject({ name: "ForbiddenException" });
  expect(pushed).toEqual([]);
});

test("ends a connection for that client", async () => {
  await expect(end("here=")).resolves.toMatchObject({ $metadata: { httpStatusCode: 204 } });
  await expect(end("away")).rejects.toMatchObject({ name: "GoneException" });
});
