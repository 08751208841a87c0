import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const ATTEMPTS = 30;
const ATTEMPT_DELAY_MS = 100;

/**
 * Whether the port can be had, for which it waits a little: the control plane of a supervisor that
 * was killed lets go of it a moment later.
 */
export async function waitForFreePort(port: number): Promise<"free" | "taken"> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await isFree(port)) return "free";
    await delay(ATTEMPT_DELAY_MS);
  }
  return "taken";
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
