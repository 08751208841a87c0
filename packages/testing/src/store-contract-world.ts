import type { Store } from "@berth/store/store";
import type { Table } from "@berth/store/table";

export interface StoreOptions {
  readonly historyMs: number;
  now(): number;
  readonly shards?: number;
}

export interface StoreParts {
  /** An empty table. */
  readonly makeTable: () => Promise<Table>;
  readonly createStore: (table: Table, options: StoreOptions) => Store;
  /** One where it is absent. */
  readonly shards?: number;
}

const HISTORY_MS = 60_000;

/** A table, a clock, and as many stores over them as there are processes. */
export class StoreWorld {
  readonly table: Table;
  readonly store: Store;
  now = 1_000_000_000;
  readonly #parts: StoreParts;

  private constructor(table: Table, parts: StoreParts) {
    this.table = table;
    this.#parts = parts;
    this.store = this.anotherStore();
  }

  static async make(parts: StoreParts): Promise<StoreWorld> {
    return new StoreWorld(await parts.makeTable(), parts);
  }

  /** A store without what this one's repositories remember, over the same table or one that fails. */
  anotherStore(table: Table = this.table): Store {
    const { createStore, shards = 1 } = this.#parts;
    return createStore(table, { historyMs: HISTORY_MS, now: () => this.now, shards });
  }

  passHistory(): void {
    this.now += HISTORY_MS + 1_000;
  }
}

/** All items of a listing, however its pages fall. */
export async function drainPages<T>(
  read: (page: { readonly limit: number; readonly startAfter?: string }) => Promise<{
    readonly items: readonly T[];
    readonly next?: string;
  }>,
  limit = 2,
): Promise<readonly T[]> {
  const items: T[] = [];
  let startAfter: string | undefined;
  do {
    const page = await read({ limit, ...(startAfter !== undefined && { startAfter }) });
    items.push(...page.items);
    startAfter = page.next;
  } while (startAfter !== undefined);
  return items;
}

/** What must be there. */
export function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("Nothing was found.");
  return value;
}
