import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import { segmentName, segmentNumbers } from "@berth/contracts/local/event-log";

export interface EventLogLimits {
  readonly segmentBytes: number;
  /** Files that are kept, the one that is written among them. */
  readonly segments: number;
}

/** 40 MB: some twenty thousand events. */
const LIMITS: EventLogLimits = { segmentBytes: 8 * 1024 * 1024, segments: 5 };

/** The events that the bus took, in files of which the oldest go. One writer at a time. */
export class EventLog {
  readonly #directory: string;
  readonly #limits: EventLogLimits;
  #number = 0;
  #size = 0;
  #file: FileHandle | undefined;
  /** Writes stand in line: halves of two must not meet in the file. */
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string, limits: EventLogLimits = LIMITS) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Resolves when the events are written: who was told so finds them after a crash of Berth. */
  async append(events: readonly ToldEvent[]): Promise<void> {
    const lines = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    const written = this.#writing.then(async () => this.#write(lines));
    this.#writing = written.catch(async () => this.#closeFile()).catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#closeFile();
  }

  /** Whoever opens it again looks at how it ends: after a full disk, maybe in half a line. */
  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #write(lines: Buffer): Promise<void> {
    let file = this.#file ?? (await this.#openNewest());
    if (this.#size > 0 && this.#size + lines.length > this.#limits.segmentBytes) {
      await this.#closeFile();
      file = await this.#open(this.#number + 1);
      this.#forget();
    }
    await file.appendFile(lines);
    this.#size += lines.length;
  }

  async #openNewest(): Promise<FileHandle> {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const file = await this.#open(segmentNumbers(readdirSync(this.#directory)).at(-1) ?? 1);
    if (this.#size === 0) return file;
    const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: this.#size - 1 });
    // The line of a write that died must spoil no other.
    if (buffer.toString() !== "\n") await file.appendFile("\n");
    return file;
  }

  async #open(number: number): Promise<FileHandle> {
    const file = await open(join(this.#directory, segmentName(number)), "a+", 0o600);
    this.#file = file;
    this.#number = number;
    this.#size = (await file.stat()).size;
    return file;
  }

  #forget(): void {
    const oldestKept = this.#number - this.#limits.segments + 1;
    for (const number of segmentNumbers(readdirSync(this.#directory))) {
      if (number < oldestKept) rmSync(join(this.#directory, segmentName(number)), { force: true });
    }
  }
}
