import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "./log.ts";

/** What a file should hold, until it does. */
interface Wanted {
  /** Undefined where it is to be gone. */
  text: string | undefined;
  /** Settles once the newest text is on disk, or was given up. */
  readonly written: Promise<void>;
  /** Settles with the first attempt, whatever comes of it. */
  readonly tried: Promise<void>;
}

const RETRY_MS = 1_000;

/**
 * Files that are replaced whole, so that a crash leaves the old or the new one. What cannot be written,
 * as when the disk is full, is tried again until it can; what is wanted by then is written instead.
 */
export class ReplacedFiles {
  readonly #directory: string;
  readonly #log: Log;
  readonly #retryMs: number;
  readonly #flushed: ReadonlySet<string>;
  readonly #wanted = new Map<string, Wanted>();
  readonly #closing = new AbortController();

  /** @param flushed names of files that are on disk before they have their names, for a power cut */
  constructor(
    directory: string,
    log: Log,
    {
      flushed = [],
      retryMs = RETRY_MS,
    }: { readonly flushed?: readonly string[]; readonly retryMs?: number } = {},
  ) {
    this.#directory = directory;
    this.#log = log;
    this.#flushed = new Set(flushed);
    this.#retryMs = retryMs;
  }

  replace(name: string, text: string): Pick<Wanted, "written" | "tried"> {
    return this.#want(name, text);
  }

  async remove(name: string): Promise<void> {
    await this.#want(name, undefined).written;
  }

  /** Tries once more what is not on disk, and leaves it at that. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#wanted.values()].map(({ written }) => written));
  }

  #want(name: string, text: string | undefined): Wanted {
    const known = this.#wanted.get(name);
    if (known) {
      known.text = text;
      return known;
    }
    const written = Promise.withResolvers<void>();
    const tried = Promise.withResolvers<void>();
    const wanted: Wanted = { text, written: written.promise, tried: tried.promise };
    this.#wanted.set(name, wanted);
    void this.#writeUntilDone(name, wanted, tried.resolve).then(written.resolve);
    return wanted;
  }

  async #writeUntilDone(name: string, wanted: Wanted, onTried: () => void): Promise<void> {
    let hasFailed = false;
    for (;;) {
      const { text } = wanted;
      const error = await this.#write(name, text);
      onTried();
      if (error !== undefined && !hasFailed) this.#log.error("state-not-saved", { name, error });
      if (error === undefined && hasFailed) this.#log.info("state-saved-after-all", { name });
      hasFailed = error !== undefined;
      if (hasFailed ? this.#closing.signal.aborted : wanted.text === text) break;
      if (hasFailed) await this.#pause();
    }
    this.#wanted.delete(name);
  }

  async #pause(): Promise<void> {
    await delay(this.#retryMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  /** What went wrong, or undefined. */
  async #write(name: string, text: string | undefined): Promise<unknown> {
    const path = join(this.#directory, name);
    try {
      if (text === undefined) await rm(path, { force: true });
      else await replaceFile(path, text, this.#flushed.has(name));
      return undefined;
    } catch (error) {
      return error ?? new Error("unknown");
    }
  }
}

async function replaceFile(path: string, text: string, flush: boolean): Promise<void> {
  const temporary = `${path}.new`;
  await writeFile(temporary, text, { mode: 0o600, flush });
  await rename(temporary, path);
}
