import { StreamFault } from "./stream-fault.ts";

/*
 * A container's output as the Docker Engine multiplexes it. Source: Docker Engine API 1.41, "Attach to
 * a container", stream format: one byte for the source, three of zero, four for the size.
 */

export type OutputSource = "stdout" | "stderr";

export interface OutputRecord {
  readonly source: OutputSource;
  readonly bytes: Buffer;
}

const HEADER_BYTES = 8;
const SIZE_AT = 4;
const STDERR = 2;
/** The engine cuts lines at 16 KB, and reads of programs at 32 KB. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

export function packOutput({ source, bytes }: OutputRecord): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = source === "stderr" ? STDERR : 1;
  header.writeUInt32BE(bytes.length, SIZE_AT);
  return Buffer.concat([header, bytes]);
}

/** Takes multiplexed output apart, however it comes in pieces. */
export class OutputReader {
  #rest = Buffer.alloc(0);

  /**
   * The records that are whole by now.
   *
   * @throws StreamFault where it is none of that
   */
  read(piece: Uint8Array): readonly OutputRecord[] {
    const bytes = Buffer.concat([this.#rest, piece]);
    const records: OutputRecord[] = [];
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const end = at + HEADER_BYTES + sizeAt(bytes, at);
      if (end > bytes.length) break;
      const source = bytes[at] === STDERR ? "stderr" : "stdout";
      records.push({ source, bytes: bytes.subarray(at + HEADER_BYTES, end) });
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return records;
  }
}

function sizeAt(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at + SIZE_AT);
  if (size <= MAX_RECORD_BYTES) return size;
  throw new StreamFault("The output is not multiplexed as it should be.");
}
