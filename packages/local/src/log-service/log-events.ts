import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type BlockPlace,
  type LogEvent,
  packEvents,
  type StoredEvent,
  unpackEvents,
} from "./event-block.ts";
import { compareCuts } from "./event-cut.ts";
import { inTransaction } from "./log-database.ts";
import type { LogStream } from "./log-groups.ts";

/** Whose events are read. */
export type EventSource =
  | { readonly kind: "stream"; readonly id: number }
  | { readonly kind: "group"; readonly id: number; readonly has: (streamId: number) => boolean };

/** From the first to before the second, in epoch ms. */
export interface TimeWindow {
  readonly from: number;
  readonly until: number;
}

export interface Dropped {
  readonly blocks: number;
  readonly events: number;
  /** Epoch ms: the latest of them came then. */
  readonly ingestedUntil: number;
}

/** So long may a PutLogEvents be, from its first event to its last. */
export const MAX_SPAN_MS = 24 * 3_600_000;

/** What is looked at again and again by who pages through it. */
const BLOCKS_KEPT_UNPACKED = 8;

interface BlockRow extends BlockPlace {
  readonly firstEvent: number;
  readonly lastEvent: number;
}

/** The events of all streams, in blocks: one for each PutLogEvents. */
export class LogEvents {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof statementsOf>;
  readonly #unpacked = new Map<number, readonly StoredEvent[]>();
  #size: number;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = statementsOf(database);
    const row = database.prepare("SELECT COALESCE(SUM(size), 0) AS size FROM blocks").get();
    this.#size = Number(row?.["size"]);
  }

  /** Bytes that all events take, as they are kept. */
  get size(): number {
    return this.#size;
  }

  /** Expects events in the order of their times, and at least one. */
  append(stream: LogStream, events: readonly LogEvent[], now: number): void {
    const first = events[0]?.timestamp ?? now;
    const last = events.at(-1)?.timestamp ?? now;
    const data = packEvents(events);
    const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
    inTransaction(this.#database, () => {
      const { groupId, id } = stream;
      const times = [first, last, now];
      const sizes = [events.length, bytes, data.length];
      this.#statements.insert.run(groupId, id, ...times, ...sizes, data);
      this.#statements.touch.run(first, last, now, stream.id);
    });
    this.#size += data.length;
  }

  /** In their order. It costs as much as is taken of it. */
  *forwards(source: EventSource, window: TimeWindow): Generator<StoredEvent> {
    let open: readonly StoredEvent[] = [];
    for (const block of this.#blocks("forwards", source, window)) {
      const settled = open.findIndex(({ timestamp }) => timestamp >= block.firstEvent);
      const count = settled < 0 ? open.length : settled;
      yield* open.slice(0, count);
      const events = within(this.#unpack(block), window);
      open =
        count === open.length ? events : [...open.slice(count), ...events].toSorted(compareCuts);
    }
    yield* open;
  }

  /** From the last to the first. */
  *backwards(
    source: EventSource & { readonly kind: "stream" },
    window: TimeWindow,
  ): Generator<StoredEvent> {
    let open: readonly StoredEvent[] = [];
    for (const block of this.#blocks("backwards", source, window)) {
      const settled = open.findIndex(({ timestamp }) => timestamp <= block.lastEvent);
      const count = settled < 0 ? open.length : settled;
      yield* open.slice(0, count);
      const events = within(this.#unpack(block), window).toReversed();
      open =
        count === open.length
          ? events
          : [...open.slice(count), ...events].toSorted((a, b) => compareCuts(b, a));
    }
    yield* open;
  }

  /** Bytes of the messages in a group, as they were put. */
  bytesOf(groupId: number): number {
    return Number(this.#statements.bytes.get(groupId)?.["bytes"]);
  }

  /** Forgets what came first, until no more than so many bytes are kept. */
  dropOldest(maxSize: number): Dropped | undefined {
    let size = this.#size;
    const dropped: { id: number; events: number; ingestedUntil: number }[] = [];
    for (const row of this.#statements.oldest.iterate()) {
      if (size <= maxSize) break;
      size -= Number(row["size"]);
      dropped.push({
        id: Number(row["id"]),
        events: Number(row["events"]),
        ingestedUntil: Number(row["ingested_at"]),
      });
    }
    const last = dropped.at(-1);
    if (!last) return undefined;
    this.#statements.dropUntil.run(last.id);
    this.measure();
    const events = dropped.reduce((sum, each) => sum + each.events, 0);
    return { blocks: dropped.length, events, ingestedUntil: last.ingestedUntil };
  }

  /** Forgets the blocks of a group that end before a time. */
  dropBefore(groupId: number, timestamp: number): void {
    if (this.#statements.dropBefore.run(groupId, timestamp).changes > 0) this.measure();
  }

  /** Counts anew, after groups or streams went. */
  measure(): void {
    this.#unpacked.clear();
    this.#size = Number(this.#statements.size.get()?.["size"]);
  }

  *#blocks(
    direction: "forwards" | "backwards",
    source: EventSource,
    { from, until }: TimeWindow,
  ): Generator<BlockRow> {
    if (source.kind === "stream") {
      const statement = this.#statements[direction];
      const rows =
        direction === "forwards"
          ? [from - MAX_SPAN_MS, until, from]
          : [from, until + MAX_SPAN_MS, until];
      for (const row of statement.iterate(source.id, ...rows)) yield blockOf(row);
      return;
    }
    const rows = this.#statements.ofGroup.iterate(source.id, from - MAX_SPAN_MS, until, from);
    for (const row of rows) {
      const block = blockOf(row);
      if (source.has(block.streamId)) yield block;
    }
  }

  #unpack(block: BlockRow): readonly StoredEvent[] {
    const known = this.#unpacked.get(block.id);
    if (known) return known;
    const row = this.#statements.data.get(block.id);
    const events = unpackEvents(block, row?.["data"] as Uint8Array);
    const [oldest] = this.#unpacked.keys();
    if (this.#unpacked.size >= BLOCKS_KEPT_UNPACKED && oldest !== undefined) {
      this.#unpacked.delete(oldest);
    }
    this.#unpacked.set(block.id, events);
    return events;
  }
}

function statementsOf(database: DatabaseSync): Readonly<Record<StatementName, StatementSync>> {
  const found = Object.entries(STATEMENTS).map(([name, text]) => [name, database.prepare(text)]);
  return Object.fromEntries(found) as Record<StatementName, StatementSync>;
}

type StatementName = keyof typeof STATEMENTS;

const PLACE = "SELECT id, stream_id, first_event, last_event, ingested_at FROM blocks";

const STATEMENTS = {
  insert: `INSERT INTO blocks
    (group_id, stream_id, first_event, last_event, ingested_at, events, bytes, size, data)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  touch: `UPDATE streams SET first_event = MIN(COALESCE(first_event, ?1), ?1),
    last_event = MAX(COALESCE(last_event, ?2), ?2), last_ingestion = ?3 WHERE id = ?4`,
  forwards: `${PLACE} WHERE stream_id = ? AND first_event >= ? AND first_event < ? AND last_event >= ?
    ORDER BY first_event, id`,
  backwards: `${PLACE} WHERE stream_id = ? AND last_event >= ? AND last_event < ? AND first_event < ?
    ORDER BY last_event DESC, id DESC`,
  ofGroup: `${PLACE} WHERE group_id = ? AND first_event >= ? AND first_event < ? AND last_event >= ?
    ORDER BY first_event, id`,
  data: "SELECT data FROM blocks WHERE id = ?",
  bytes: "SELECT COALESCE(SUM(bytes), 0) AS bytes FROM blocks WHERE group_id = ?",
  size: "SELECT COALESCE(SUM(size), 0) AS size FROM blocks",
  oldest: "SELECT id, size, events, ingested_at FROM blocks ORDER BY id",
  dropUntil: "DELETE FROM blocks WHERE id <= ?",
  dropBefore: "DELETE FROM blocks WHERE group_id = ? AND last_event < ?",
} as const;

const blockOf = (row: Readonly<Record<string, unknown>>): BlockRow => ({
  id: Number(row["id"]),
  streamId: Number(row["stream_id"]),
  firstEvent: Number(row["first_event"]),
  lastEvent: Number(row["last_event"]),
  ingestionTime: Number(row["ingested_at"]),
});

const within = (
  events: readonly StoredEvent[],
  { from, until }: TimeWindow,
): readonly StoredEvent[] =>
  events.filter(({ timestamp }) => timestamp >= from && timestamp < until);
