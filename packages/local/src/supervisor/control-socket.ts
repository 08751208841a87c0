import { createConnection, createServer, type Socket } from "node:net";
import { listenOnSocket } from "../embedded/listen-on-socket.ts";

/**
 * The socket that answers as long as a supervisor runs on a data directory: the kernel takes it away
 * with the process, so unlike a pid file it cannot lie. Whoever connects and sends anything asks the
 * supervisor to stop, and sees the connection end when it has.
 */
export async function holdControlSocket(
  path: string,
  onStop: () => void,
): Promise<"held" | "taken"> {
  const other = await connected(path);
  other?.destroy();
  if (other) return "taken";
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", onStop);
  });
  server.unref();
  await listenOnSocket(server, path);
  return "held";
}

/** Asks the supervisor to stop and waits until it has; `notRunning` where there is none. */
export async function stopSupervisor(path: string): Promise<"stopped" | "notRunning"> {
  const socket = await connected(path);
  if (!socket) return "notRunning";
  return new Promise((resolve) => {
    socket.on("error", () => undefined);
    socket.once("close", () => resolve("stopped"));
    socket.write("stop\n");
    socket.resume();
  });
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}
