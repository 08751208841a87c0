import { Readable } from "node:stream";
import type { Store } from "dynalite/db/index.js";

/** So many values are fetched from LevelDB at a time. */
const BATCH_SIZE = 100;

/**
 * Has dynalite read at once what it reads one value at a time through the thread pool: a key that
 * LevelDB has at hand costs microseconds, the trip to another thread and back a multiple of that.
 */
export function readQuickly({ db }: Store): void {
  db.get = (key, callback) => {
    const value: unknown = db.getSync(key);
    if (value === undefined) setImmediate(callback, notFound());
    else setImmediate(callback, undefined, value);
  };
  db.createValueStream = (options) => {
    const values = db.values(options);
    return new Readable({
      objectMode: true,
      highWaterMark: BATCH_SIZE,
      read() {
        values.nextv(BATCH_SIZE).then(
          (batch) => {
            for (const value of batch) this.push(value);
            if (batch.length === 0) this.push(null);
          },
          (error: Error) => this.destroy(error),
        );
      },
      destroy(error, callback) {
        values.close().then(
          () => callback(error),
          () => callback(error),
        );
      },
    });
  };
}

/** dynalite tells a missing key by the error's name. */
const notFound = () => Object.assign(new Error("NotFoundError"), { name: "NotFoundError" });
