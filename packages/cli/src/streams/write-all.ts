import { once } from "node:events";
import type { Writable } from "node:stream";

/** Writes, and waits where the reader is slower: what it has not taken must not pile up here. */
export async function writeAll(target: Writable, bytes: Uint8Array): Promise<void> {
  if (!target.write(bytes)) await once(target, "drain");
}
