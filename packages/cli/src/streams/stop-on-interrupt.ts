import type { ClientStream } from "./client-stream.ts";

/** As shells count one that SIGINT ended. */
const INTERRUPTED = 130;

/** Signals are the whole process's, and so are the sessions that they end. */
const OPEN = new Set<ClientStream>();

/**
 * Where the user ends the command, ends its sessions in order, so that their agents can say what was
 * done in them.
 *
 * @returns what is to be called once the session is over
 */
export function stopOnInterrupt(stream: ClientStream): () => void {
  if (OPEN.size === 0) process.once("SIGINT", stopAll).once("SIGTERM", stopAll);
  OPEN.add(stream);
  return () => {
    OPEN.delete(stream);
    if (OPEN.size === 0) process.off("SIGINT", stopAll).off("SIGTERM", stopAll);
  };
}

function stopAll(): void {
  const stopping = [...OPEN].map((stream) => stream.stop());
  void Promise.all(stopping).then(() => process.exit(INTERRUPTED));
}
