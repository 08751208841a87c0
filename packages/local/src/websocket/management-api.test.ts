import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ApiGatewayManagementApiClient,
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
  });
  const others = { api, events: api, reference: api };
  const routes = { account: "000000000000", ...others, connections, log };
  server = createServer(createListener(routes));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function post(connectionId: string, secretAccessKey = credentials.secretAccessKey) {
  const client = new ApiGatewayManagementApiClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    credentials: { ...credentials, secretAccessKey },
  });
  const Data = '{"type":"HeartbeatMessage","message":{"text":"läuft"}}';
  return client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
}

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
