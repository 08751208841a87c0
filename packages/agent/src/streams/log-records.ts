import { OutputReader, type OutputRecord } from "@berth/contracts/stream/output-record";
import type { LogOutput } from "./container-streams.ts";
import { paced } from "./paced.ts";

/** RFC 3339 with nine digits of a second, as the engine writes it: texts of this length sort by time. */
const TIME_LENGTH = "2026-01-02T03:04:05.000000000Z".length;

/** When a line was written, as text. */
export const timeOf = ({ bytes }: OutputRecord): string =>
  bytes.toString("latin1", 0, Math.min(bytes.length, TIME_LENGTH));

/** Lines of a log as they come: those that came at once, together. */
export async function* logRecords(output: LogOutput): AsyncGenerator<readonly OutputRecord[]> {
  const reader = output.isPlain ? new LineReader() : new OutputReader();
  for await (const piece of paced(output.stream)) yield reader.read(piece);
}

/** Takes plain text apart into lines. */
class LineReader {
  #rest = Buffer.alloc(0);

  read(piece: Buffer): readonly OutputRecord[] {
    const bytes = Buffer.concat([this.#rest, piece]);
    const records: OutputRecord[] = [];
    let at = 0;
    for (let end = bytes.indexOf("\n"); end >= 0; end = bytes.indexOf("\n", at)) {
      records.push({ source: "stdout", bytes: bytes.subarray(at, end + 1) });
      at = end + 1;
    }
    this.#rest = bytes.subarray(at);
    return records;
  }
}
