import type { ConnectionGateway } from "@berth/aws/agent-gateway";
import type { SocketApi } from "./socket-api.ts";

/** As long as AWS's client waits for the management API. */
const LIMIT_MS = 5_000;

/**
 * Pushes to connections of this very process. The management API would do, as for bundles: signed, over
 * a port, and hashed at either end, it takes most of what a frame costs.
 *
 * @throws Error where the other end takes nothing for five seconds
 */
export const ownSockets = (sockets: Pick<SocketApi, "push" | "disconnect">): ConnectionGateway => ({
  push: async (connectionId, message) =>
    inTime(connectionId, sockets.push(connectionId, JSON.stringify(message))),

  close: async (connectionId) => {
    await inTime(connectionId, sockets.disconnect(connectionId));
  },
});

async function inTime<T>(connectionId: string, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const onLate = () => reject(new Error(`Connection ${connectionId} takes nothing.`));
  const timer = setTimeout(onLate, LIMIT_MS);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
