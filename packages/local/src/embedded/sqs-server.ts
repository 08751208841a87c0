import { buildApp } from "fauxqs";
import { listenOnSocket } from "./listen-on-socket.ts";

/** fauxqs on a Unix socket: its own starter would listen on every address of the machine. */
export async function startSqs(socketPath: string): Promise<{ close(): Promise<void> }> {
  const app = buildApp({ logger: false });
  await app.ready();
  await listenOnSocket(app.server, socketPath);
  return { close: async () => app.close() };
}
