import type { PageRequest } from "../store.ts";
import type { Item, ListedKey, Page, QueryOptions, Table } from "../table.ts";

/** All of a partition, or of a part of it, page by page. */
export async function readAll(
  table: Table,
  pk: string,
  options: Pick<QueryOptions, "skPrefix" | "consistent" | "startAfter"> = {},
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let { startAfter } = options;
  do {
    const page = await table.query(pk, { ...options, ...(startAfter && { startAfter }) });
    items.push(...page.items);
    startAfter = page.next;
  } while (startAfter !== undefined);
  return items;
}

/** All that is listed under a key, or the part of it that the options say, page by page. */
export async function listAll(
  table: Table,
  listPk: string,
  options: Pick<QueryOptions, "skPrefix" | "startAfter"> = {},
): Promise<readonly ListedKey[]> {
  const keys: ListedKey[] = [];
  let { startAfter } = options;
  do {
    const page = await table.list(listPk, {
      ...options,
      ...(startAfter !== undefined && { startAfter }),
    });
    keys.push(...page.items);
    startAfter = page.next;
  } while (startAfter !== undefined);
  return keys;
}

/**
 * A full page of those items of a partition that pass: what does not pass is read over, so a page is
 * short only at the end.
 */
export async function fullPage(
  table: Table,
  pk: string,
  passes: (item: Item) => boolean,
  { limit, startAfter }: PageRequest,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let next = startAfter;
  do {
    const page = await table.query(pk, {
      limit: limit - items.length,
      ...(next !== undefined && { startAfter: next }),
    });
    items.push(...page.items.filter(passes));
    next = page.next;
  } while (next !== undefined && items.length < limit);
  return next === undefined ? { items } : { items, next };
}
