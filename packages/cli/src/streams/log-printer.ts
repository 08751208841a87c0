import type { Writable } from "node:stream";
import type { OutputRecord, OutputSource } from "@berth/contracts/stream/output-record";
import { writeAll } from "./write-all.ts";

export interface LogFormat {
  /** Before every line; empty where there is one container only. */
  readonly prefix: string;
  readonly timestamps: boolean;
  /** Lines of this time and before were printed already. */
  readonly after?: string | undefined;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /;
const TIME_LENGTH = "2026-01-02T03:04:05.000000000Z ".length;
/** A line that is longer is printed in pieces. */
const MAX_LINE_BYTES = 1024 * 1024;
const LINE_END = 10;

/** Prints one container's log: whole lines, so that those of several do not run into each other. */
export class LogPrinter {
  readonly #format: LogFormat;
  readonly #targets: Readonly<Record<OutputSource, Writable>>;
  readonly #begun: Record<OutputSource, Buffer> = {
    stdout: Buffer.alloc(0),
    stderr: Buffer.alloc(0),
  };
  /** The time of the latest line, as it came. */
  latest: string | undefined;

  constructor(format: LogFormat, targets: Readonly<Record<OutputSource, Writable>>) {
    this.#format = format;
    this.#targets = targets;
  }

  async print(records: readonly OutputRecord[]): Promise<void> {
    let run: { readonly source: OutputSource; readonly lines: Buffer[] } | undefined;
    for (const record of records) {
      const line = this.#lineOf(record);
      if (!line) continue;
      if (run?.source !== record.source) {
        await this.#write(run);
        run = { source: record.source, lines: [] };
      }
      run.lines.push(line);
    }
    await this.#write(run);
  }

  /** Prints what was begun, and not ended by a line break. */
  async finish(): Promise<void> {
    for (const source of ["stdout", "stderr"] as const) {
      if (this.#begun[source].length > 0) {
        await this.#write({ source, lines: [this.#begun[source], Buffer.of(LINE_END)] });
      }
      this.#begun[source] = Buffer.alloc(0);
    }
  }

  /** The whole line, once its last piece is here. */
  #lineOf({ source, bytes }: OutputRecord): Buffer | undefined {
    const time = bytes.toString("latin1", 0, TIME_LENGTH);
    const isTimed = TIME.test(time);
    if (isTimed && time.trimEnd() <= (this.#format.after ?? "")) return undefined;
    if (isTimed) this.latest = time.trimEnd();
    const text = isTimed ? bytes.subarray(TIME_LENGTH) : bytes;
    const before = this.#begun[source];
    const start =
      before.length > 0 ? before : Buffer.from(`${this.#format.prefix}${this.#timeText(time)}`);
    const line = Buffer.concat([start, text]);
    const isWhole = text.at(-1) === LINE_END || line.length > MAX_LINE_BYTES;
    this.#begun[source] = isWhole ? Buffer.alloc(0) : line;
    return isWhole ? line : undefined;
  }

  #timeText(time: string): string {
    return this.#format.timestamps && TIME.test(time) ? time : "";
  }

  async #write(
    run: { readonly source: OutputSource; readonly lines: readonly Buffer[] } | undefined,
  ): Promise<void> {
    if (run) await writeAll(this.#targets[run.source], Buffer.concat(run.lines));
  }
}
