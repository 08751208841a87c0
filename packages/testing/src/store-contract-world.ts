import type { Store } from "@berth/store/store";
import type { Table } from "@berth/store/table";

export interface StoreOptions {
  readonly historyMs: number;
  now(): number;
}

export interface StoreParts {
  /** An empty table. */
  readonly makeTable: () => Promise<Table>;
  readonly createStore: (table: Table, options: StoreOptions) => Store;
}

const HISTORY_MS = 60_000;

/** A table, a clock, and as many stores over them as there are processes. */
export class StoreWorld {
  readonly table: Table;
  readonly store: Store;
  now = 1_000_000_000;
  readonly #createStore: StoreParts["createStore"];

  private constructor(table: Table, createStore: StoreParts["createStore"]) {
    this.table = table;
    this.#createStore = createStore;
    this.store = this.anotherStore();
  }

  static async make({ makeTable, createStore }: StoreParts): Promise<StoreWorld> {
    return new StoreWorld(await makeTable(), createStore);
  }

  /** A store without what this one's repositories remember, over the same table or one that fails. */
  anotherStore(table: Table = this.table): Store {
    return this.#createStore(table, { historyMs: HISTORY_MS, now: () => this.now });
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
