import { once } from "node:events";
import { Agent, type AgentOptions } from "node:http";
import { createConnection } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { RootCredentials } from "@berth/contracts/local/installation";

/**
 * What an AWS SDK client needs to talk to an embedded service on a Unix socket. The host name in
 * the endpoint is never resolved. More attempts than the SDK's three: a service that died is back
 * within a second, on a machine that has much else to do within ten.
 */
export function socketClientConfig(
  socketPath: string,
  identity: { readonly region: string; readonly credentials: RootCredentials },
) {
  return {
    endpoint: "http://localhost",
    region: identity.region,
    credentials: identity.credentials,
    maxAttempts: 10,
    requestHandler: { httpAgent: new Agent(agentOptions(socketPath)) },
  };
}

/** An agent passes what it is given on to `net.connect`; its type knows only TCP's options. */
function agentOptions(socketPath: string): AgentOptions {
  return Object.assign({ keepAlive: true, maxSockets: 128 }, { socketPath });
}

const POLL_INTERVAL_MS = 20;

/** Waits until a server listens on the socket: before its first start there is nothing to retry on. */
export async function waitForSocket(socketPath: string): Promise<void> {
  while (!(await accepts(socketPath))) await delay(POLL_INTERVAL_MS);
}

async function accepts(socketPath: string): Promise<boolean> {
  const socket = createConnection(socketPath);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
