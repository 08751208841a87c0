import { once } from "node:events";
import { chmodSync, renameSync, rmSync } from "node:fs";
import type { Server } from "node:net";

/**
 * Puts a server on a Unix socket of mode 0600 and takes the place of whatever left a socket there.
 * The rename leaves no moment without a socket: a client then sees a refused connection, which its
 * SDK repeats, and never a missing file, which it does not.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  rmSync(temporary, { force: true });
  server.listen(temporary);
  await once(server, "listening");
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}
