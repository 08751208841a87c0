import { gunzipSync, gzipSync } from "node:zlib";
import { EVENT_HISTORY, eventHistoryKey } from "../keys.ts";
import type { EventHistoryRepository, ToldEvents } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { expiryOf, toItem } from "./stored.ts";

/** Who was away for longer asks for the state itself. */
const KEPT_MS = 24 * 3_600_000;

/** Events of one batch, as they are written. They are alike: zipped, they are a tenth. */
export function toldEventsItem({ at, digest, events }: NewToldEvents): Item {
  const zipped = gzipSync(JSON.stringify(events)).toString("base64");
  const expiry = expiryOf({ historyMs: KEPT_MS, now: () => at });
  return toItem(eventHistoryKey(at, digest), { zipped }, expiry);
}

export interface NewToldEvents {
  /** Epoch ms: when they are written. */
  readonly at: number;
  /** Of what they are: two batches of one moment are two items, and one that is written again is one. */
  readonly digest: string;
  readonly events: readonly unknown[];
}

export function createEventHistoryRepository(table: Table): EventHistoryRepository {
  return {
    page: async (request) => {
      const page = await table.query(EVENT_HISTORY, request);
      return { ...page, items: page.items.map(toToldEvents) };
    },
  };
}

function toToldEvents({ sk, zipped }: Item): ToldEvents {
  const text = gunzipSync(Buffer.from(String(zipped), "base64")).toString("utf8");
  return { position: sk, at: Number.parseInt(sk, 10), events: JSON.parse(text) as unknown[] };
}
