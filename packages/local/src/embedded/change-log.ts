import { randomUUID } from "node:crypto";
import type { Callback, Database, Store } from "dynalite/db/index.js";

export type Attributes = Readonly<Record<string, unknown>>;

/** One write of the table, in the form of a record of DynamoDB Streams. */
export interface ChangeRecord {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly dynamodb: {
    /** Epoch seconds, with their fraction. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Attributes;
    readonly NewImage?: Attributes;
    readonly OldImage?: Attributes;
    readonly SequenceNumber: string;
  };
}

export interface ChangeLogOptions {
  /** Whether a change is worth keeping: what nobody asks for is not written. */
  readonly isHeard: (eventName: string, pk: string) => boolean;
  /** So many are kept at least; the oldest go. */
  readonly capacity?: number;
}

/** Minutes of the busiest hour, and about 30 MB. */
const CAPACITY = 10_000;

/**
 * The changes of the embedded table, in order, as its stream has them on AWS. A record is written in
 * the same batch of LevelDB as the item: either both are there after a crash, or neither.
 */
export class ChangeLog {
  readonly #db: Database;
  readonly #options: Required<ChangeLogOptions>;
  /** Given out and not yet written: what comes after them must not be read before them. */
  readonly #inFlight = new Set<number>();
  #oldest: number;
  #last: number;

  private constructor(
    db: Database,
    options: ChangeLogOptions,
    { oldest, last }: { readonly oldest: number; readonly last: number },
  ) {
    this.#db = db;
    this.#options = { capacity: CAPACITY, ...options };
    this.#oldest = oldest;
    this.#last = last;
  }

  /** Has every write of an item from now on leave its record. Expects an open database. */
  static async open({ db }: Store, options: ChangeLogOptions): Promise<ChangeLog> {
    const [oldest] = await db.keys({ ...ALL, limit: 1 }).all();
    const [newest] = await db.keys({ ...ALL, reverse: true, limit: 1 }).all();
    const log = new ChangeLog(db, options, {
      oldest: oldest === undefined ? 1 : sequenceOf(oldest),
      last: newest === undefined ? 0 : sequenceOf(newest),
    });
    log.#takePartInWrites();
    return log;
  }

  /** Sequence number of the latest change, or 0. */
  get last(): number {
    return this.#last;
  }

  /** Changes that come after this one, oldest first; `undefined` where some of them are gone. */
  async read(after: number, limit: number): Promise<readonly ChangeRecord[] | undefined> {
    const isGone = after > 0 && after < this.#oldest - 1;
    if (isGone || after > this.#last) return undefined;
    const settled = Math.min(this.#last, ...[...this.#inFlight].map((each) => each - 1));
    const range = { gt: keyOf(after), lte: keyOf(settled), limit };
    return (await this.#db.values(range).all()) as readonly ChangeRecord[];
  }

  /** dynalite writes an item by one `put` or `del`, holding a lock on its key. */
  #takePartInWrites(): void {
    const db = this.#db;
    const put = db.put.bind(db);
    const del = db.del.bind(db);
    // A write that comes while the database closes is refused by LevelDB itself, in its callback.
    const isOpen = () => db.status === "open";
    db.put = (key, value, callback) => {
      if (!isOpen()) return put(key, value, callback);
      const keys = isItem(key) ? keysOf(value) : undefined;
      const before = keys && db.getSync(key, AS_TEXT);
      const eventName = before === undefined ? "INSERT" : "MODIFY";
      if (!keys || !this.#options.isHeard(eventName, keys.pk.S)) return put(key, value, callback);
      const after = JSON.stringify(value);
      const write = { type: "put", key, value: after, ...AS_TEXT };
      this.#write(write, { eventName, keys, before, after }, callback);
    };
    db.del = (key, callback) => {
      if (!isOpen()) return del(key, callback);
      const before = isItem(key) ? db.getSync(key, AS_TEXT) : undefined;
      const keys = before === undefined ? undefined : keysOf(JSON.parse(before));
      if (!keys || !this.#options.isHeard("REMOVE", keys.pk.S)) return del(key, callback);
      this.#write({ type: "del", key }, { eventName: "REMOVE", keys, before }, callback);
    };
  }

  #write(write: object, change: Change, callback: Callback): void {
    this.#last += 1;
    const sequence = this.#last;
    this.#inFlight.add(sequence);
    const value = recordText(change, sequence);
    const record = { type: "put", key: keyOf(sequence), value, ...AS_TEXT };
    this.#db.batch([write, record], (error) => {
      this.#inFlight.delete(sequence);
      callback(error);
    });
    if (sequence % this.#options.capacity === 0) this.#forget(sequence - this.#options.capacity);
  }

  /** Afterwards, and by nobody waited for: what it misses goes the next time. */
  #forget(upTo: number): void {
    this.#oldest = Math.max(this.#oldest, upTo + 1);
    this.#db.clear({ gte: PREFIX, lte: keyOf(upTo) }).catch(() => undefined);
  }
}

const PREFIX = "change~";
const DIGITS = 16;
const keyOf = (sequence: number) => `${PREFIX}${String(sequence).padStart(DIGITS, "0")}`;
const sequenceOf = (key: string) => Number(key.slice(PREFIX.length));
const ALL = { gte: PREFIX, lt: `${PREFIX}~` } as const;

/** dynalite keeps the items of a table below `item-TABLE~`. */
const isItem = (key: string): boolean => key.startsWith("item-");

/** Images go from one place of the database to another as they are: reading them is what costs. */
const AS_TEXT = { valueEncoding: "utf8" } as const;

interface Change {
  readonly eventName: ChangeRecord["eventName"];
  readonly keys: Keys;
  /** JSON. */
  readonly before?: string | undefined;
  readonly after?: string;
}

/** A `ChangeRecord` as JSON. */
function recordText({ eventName, keys, before, after }: Change, sequence: number): string {
  const dynamodb = [
    `"ApproximateCreationDateTime":${Date.now() / 1_000}`,
    `"Keys":${JSON.stringify(keys)}`,
    ...(after === undefined ? [] : [`"NewImage":${after}`]),
    ...(before === undefined ? [] : [`"OldImage":${before}`]),
    `"SequenceNumber":"${sequence}"`,
  ];
  return `{"eventID":"${randomUUID()}","eventName":"${eventName}","dynamodb":{${dynamodb.join()}}}`;
}

interface Keys {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
  readonly [name: string]: unknown;
}

function keysOf(image: unknown): Keys | undefined {
  const { pk, sk } = image as Partial<Keys>;
  return pk && sk ? { pk, sk } : undefined;
}
