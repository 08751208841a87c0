import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { EventCut } from "./event-cut.ts";

/** An event as it was put. */
export interface LogEvent {
  /** Epoch ms. */
  readonly timestamp: number;
  readonly message: string;
}

/** An event with where it stands, and when it came. */
export interface StoredEvent extends LogEvent, EventCut {
  readonly streamId: number;
  /** Epoch ms. */
  readonly ingestionTime: number;
}

/** Some of the events of one PutLogEvents, in their order. Lines of logs are much alike: they shrink to a fraction. */
export const packEvents = (events: readonly LogEvent[]): Uint8Array =>
  zstdCompressSync(
    JSON.stringify([
      events.map(({ timestamp }) => timestamp),
      events.map(({ message }) => message),
    ]),
  );

export interface BlockPlace {
  readonly id: number;
  readonly streamId: number;
  readonly ingestionTime: number;
}

export function unpackEvents(
  { id: block, streamId, ingestionTime }: BlockPlace,
  data: Uint8Array,
): readonly StoredEvent[] {
  const text = zstdDecompressSync(data).toString("utf8");
  const [timestamps, messages] = JSON.parse(text) as [number[], string[]];
  return timestamps.map((timestamp, index) => ({
    timestamp,
    message: messages[index] ?? "",
    block,
    index,
    streamId,
    ingestionTime,
  }));
}
