export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * One item of the single table. `version` is the optimistic lock. `due` (epoch ms) says that
 * something is still to be done about the item; `expiresAt` (epoch s) is DynamoDB's TTL;
 * `listPk`/`listSk` put it into the sparse listing index, where no other item may have the same two.
 */
export interface Item extends Key {
  readonly version: number;
  readonly due?: number;
  readonly expiresAt?: number;
  readonly listPk?: string;
  readonly listSk?: string;
  readonly [attribute: string]: unknown;
}

export interface QueryOptions {
  readonly skPrefix?: string;
  /** Exclusive: the `sk` to go on after. */
  readonly startAfter?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
  readonly consistent?: boolean;
}

export interface ListedKey extends Key {
  readonly listSk: string;
}

/**
 * The whole of what Berth asks of DynamoDB: single-item conditional writes, no transactions
 * (ADR 0003). Two implementations, one contract suite.
 */
export interface Table {
  get(key: Key, options?: { readonly consistent?: boolean }): Promise<Item | undefined>;
  /** In no particular order; absent ones are left out. Any number of keys. */
  getMany(
    keys: readonly Key[],
    options?: { readonly consistent?: boolean },
  ): Promise<readonly Item[]>;
  /** Writes an item that must not exist yet. */
  create(item: Item): Promise<WriteOutcome>;
  /**
   * Writes the whole item if the stored one still has `item.version`, and stores `version + 1`.
   */
  replace(item: Item): Promise<WriteOutcome>;
  /** Deletes the item if it still has this version; absent counts as done. */
  delete(key: Key, version: number): Promise<WriteOutcome>;
  /** One page: at most `limit` items (default: all that DynamoDB's 1 MB page holds). */
  query(pk: string, options?: QueryOptions): Promise<Page<Item>>;
  /** One page of the listing index, by `listSk`. Eventually consistent. */
  list(
    listPk: string,
    options?: Pick<QueryOptions, "skPrefix" | "startAfter" | "limit" | "reverse">,
  ): Promise<Page<ListedKey>>;
  /** Keys of items whose `due` has passed, oldest first. Eventually consistent. */
  overdue(now: number, limit: number): Promise<readonly DueKey[]>;
}

/** A lost race is a value: throw the plan away and plan again from a fresh snapshot. */
export type WriteOutcome = "ok" | "conflict";

export interface Page<T> {
  readonly items: readonly T[];
  /** Present where there may be more: what to pass as `startAfter`. */
  readonly next?: string;
}

export interface DueKey extends Key {
  readonly due: number;
}
