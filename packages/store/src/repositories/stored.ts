import type { Stored } from "../store.ts";
import type { Item, Key, Table } from "../table.ts";

/** What a repository stores of a value besides its members. */
export type ItemExtras = Pick<Item, "expiresAt" | "listPk" | "listSk">;

/** The version of what has just been created. */
const FIRST_VERSION = 1;

/**
 * The item for a value that is new or was read: `version` and `due` as they are in it. Expects the
 * members without those that the key tells.
 */
export function toItem(
  key: Key,
  members: object,
  extras: Partial<ItemExtras> | false = false,
): Item {
  return { version: FIRST_VERSION, ...members, ...extras, ...key };
}

/** A value as it was read: members as its repository wrote them, with the version and mark of its item. */
export function toStored<T>(item: Item, members: object): Stored<T> {
  return {
    ...members,
    version: item.version,
    ...(item.due !== undefined && { due: item.due }),
  } as Stored<T>;
}

/** The members of the value itself: all that is no business of the table's. */
export function membersOf(item: Item): Readonly<Record<string, unknown>> {
  const {
    pk: _,
    sk: _1,
    version: _2,
    due: _3,
    expiresAt: _4,
    listPk: _5,
    listSk: _6,
    ...members
  } = item;
  return members;
}

/**
 * Decodes what cannot change once only: the table in memory gives the same frozen item out again and
 * again, where DynamoDB gives new ones. What it holds is frozen too, as all share it.
 */
export function decodedOnce<T extends object>(decode: (item: Item) => T): (item: Item) => T {
  const decoded = new WeakMap<Item, T>();
  return (item) => {
    if (!Object.isFrozen(item)) return decode(item);
    const value = decoded.get(item) ?? Object.freeze(decode(item));
    decoded.set(item, value);
    return value;
  };
}

/** How long to keep what is over. */
export interface Retention {
  readonly historyMs: number;
  /** Epoch ms. */
  now(): number;
}

/** When what is over since then goes, in epoch seconds, as TTL wants them. */
export const expiryOf = (
  retention: Retention,
  sinceMs = retention.now(),
): { readonly expiresAt: number } => ({
  expiresAt: Math.ceil((sinceMs + retention.historyMs) / 1_000),
});

/**
 * Reads an item to decide by: what is there may be a moment old, since the version guards the write
 * that follows, but nothing is reported absent on an old reading.
 */
export async function findConfirmed(
  table: Pick<Table, "get">,
  key: Key,
): Promise<Item | undefined> {
  return (await table.get(key)) ?? table.get(key, { consistent: true });
}
