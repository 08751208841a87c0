import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { createEventBridgeClient } from "@berth/aws/clients";
import {
  createEventBridgeApi,
  type EventBridgeApiOptions,
} from "../event-bridge/event-bridge-api.ts";
import { createListener } from "../http/listener.ts";

const CREDENTIALS = { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" };

const logs = () => assert.fail("Nobody asks for logs here");

const elsewhere = async () => ({ statusCode: 404 });

export interface EventBridgeServer {
  /** The SDK's own. */
  client(secretAccessKey?: string): EventBridgeClient;
  close(): void;
}

/** One machine's EventBridge behind its real front, for who knows the one key. */
export async function serveEventBridge(
  options: Pick<EventBridgeApiOptions, "book" | "keep" | "newId">,
): Promise<EventBridgeServer> {
  const events = createEventBridgeApi({
    name: "berth",
    region: "us-east-1",
    account: "000000000000",
    now: Date.now,
    findAccessKey: (id) =>
      id === CREDENTIALS.accessKeyId ? { ...CREDENTIALS, principalArn: "" } : undefined,
    ...options,
  });
  const routes = { api: elsewhere, connections: elsewhere, reference: elsewhere, events, logs };
  const server = createServer(createListener({ account: "", ...routes, log: () => undefined }));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    client: (secretAccessKey = CREDENTIALS.secretAccessKey) =>
      createEventBridgeClient({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: "us-east-1",
        credentials: { ...CREDENTIALS, secretAccessKey },
        maxAttempts: 1,
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
