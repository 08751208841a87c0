import type { Item, Key, Table, WriteOutcome } from "@berth/store/table";

export type OnWrite = (after: Item, before: Item | undefined) => void;

/**
 * A table that tells of each item that was written, as it is and as it was: what a table's stream does
 * on AWS. Expects to see all writes from the first on, and never two of one item at a time.
 */
export function watchWrites(table: Table, onWrite: OnWrite): Table {
  const items = new Map<string, Item>();
  const note = (outcome: WriteOutcome, item: Item): WriteOutcome => {
    if (outcome === "ok") {
      const before = items.get(position(item));
      items.set(position(item), item);
      onWrite(item, before);
    }
    return outcome;
  };
  return {
    ...table,
    create: async (item) => note(await table.create(item), item),
    replace: async (item) =>
      note(await table.replace(item), { ...item, version: item.version + 1 }),
    delete: async (key, version) => {
      const outcome = await table.delete(key, version);
      if (outcome === "ok") items.delete(position(key));
      return outcome;
    },
  };
}

const position = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
