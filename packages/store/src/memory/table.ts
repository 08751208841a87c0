import { keyRange } from "../key-range.ts";
import type { DueKey, Item, Key, ListedKey, Page, QueryOptions, Table } from "../table.ts";
import { frozenCopy } from "./frozen-copy.ts";
import { SortedMap } from "./sorted-map.ts";

/**
 * The table in this process, for simulation and tests. Reads see every earlier write at once, and
 * values are frozen copies: nobody can change what is stored but through the table.
 */
export function createMemoryTable(): Table {
  const partitions = new Map<string, SortedMap<Item>>();
  const listings = new Map<string, SortedMap<ListedKey>>();
  const due = new Map<string, DueKey>();

  const find = (key: Key) => partitions.get(key.pk)?.get(key.sk);

  function put(item: Item): "ok" {
    remove(item);
    const { pk, sk, listPk, listSk } = item;
    partitionOf(partitions, pk).set(sk, item);
    if (listPk !== undefined && listSk !== undefined) {
      partitionOf(listings, listPk).set(listSk, Object.freeze({ pk, sk, listSk }));
    }
    if (item.due !== undefined) {
      due.set(position(item), Object.freeze({ pk, sk, due: item.due }));
    }
    return "ok";
  }

  function remove(key: Key): void {
    const item = find(key);
    if (!item) return;
    partitions.get(item.pk)?.delete(item.sk);
    due.delete(position(item));
    if (item.listSk !== undefined) listings.get(item.listPk ?? "")?.delete(item.listSk);
  }

  return {
    get: async (key) => find(key),

    getMany: async (keys) => {
      const distinct = new Map(keys.map((key) => [position(key), key]));
      return [...distinct.values()].flatMap((key) => find(key) ?? []);
    },

    create: async (item) => (find(item) ? "conflict" : put(frozenCopy(item))),

    replace: async (item) =>
      find(item)?.version === item.version
        ? put(frozenCopy({ ...item, version: item.version + 1 }))
        : "conflict",

    delete: async (key, version) => {
      const item = find(key);
      if (item && item.version !== version) return "conflict";
      remove(key);
      return "ok";
    },

    query: async (pk, options = {}) => pageOf(partitions.get(pk), options),

    list: async (listPk, options = {}) => pageOf(listings.get(listPk), options),

    overdue: async (now, limit) =>
      [...due.values()]
        .filter((key) => key.due <= now)
        .toSorted((a, b) => a.due - b.due)
        .slice(0, limit),
  };
}

const position = (key: Key) => `${key.pk}\n${key.sk}`;

function partitionOf<V>(partitions: Map<string, SortedMap<V>>, pk: string): SortedMap<V> {
  const partition = partitions.get(pk) ?? new SortedMap<V>();
  partitions.set(pk, partition);
  return partition;
}

function pageOf<V>(partition: SortedMap<V> | undefined, options: QueryOptions): Page<V> {
  const range = keyRange(options);
  if (!partition || !range) return { items: [] };
  const items: V[] = [];
  for (const [key, value] of partition.range(range, options.reverse)) {
    items.push(value);
    if (items.length === options.limit) return { items, next: key };
  }
  return { items };
}
