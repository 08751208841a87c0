import type { Item, Table } from "./table.ts";

/**
 * The table without the items whose `expiresAt` has passed: DynamoDB deletes them up to days late,
 * and the embedded server never. A new item takes the place of an expired one; its version goes on
 * from there, so that whoever still holds the old one loses.
 */
export function hideExpired(table: Table, now: () => number): Table {
  const lives = (item: Item) => item.expiresAt === undefined || item.expiresAt * 1_000 > now();
  const living = (items: readonly Item[]) => items.filter(lives);
  return {
    ...table,

    get: async (key, options) => {
      const item = await table.get(key, options);
      return item && lives(item) ? item : undefined;
    },

    getMany: async (keys, options) => living(await table.getMany(keys, options)),

    create: async (item) => {
      const outcome = await table.create(item);
      if (outcome === "ok") return outcome;
      const existing = await table.get(item, { consistent: true });
      if (!existing || lives(existing)) return "conflict";
      return table.replace({ ...item, version: existing.version });
    },

    query: async (pk, options) => {
      const page = await table.query(pk, options);
      return { ...page, items: living(page.items) };
    },
  };
}
