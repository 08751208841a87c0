import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** Smaller ones are worth a moment's wait for more. */
const SMALL_BYTES = 32 * 1024;
const MOMENT_MS = 5;

/**
 * What a stream gives, in fewer and larger pieces: every frame costs the same on its way, and the
 * engine tells of each line by itself. The first piece after a pause does not wait.
 */
export async function* paced(stream: Readable): AsyncGenerator<Buffer> {
  for await (const piece of stream as AsyncIterable<Buffer>) {
    yield piece;
    // What comes meanwhile is the next piece.
    if (piece.length < SMALL_BYTES) await delay(MOMENT_MS);
  }
}
