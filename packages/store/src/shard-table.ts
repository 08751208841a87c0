import { groupHash } from "@berth/domain/group-hash";
import { shardDigitsOf } from "@berth/domain/task-id";
import { kindOf } from "./keys.ts";
import { decodedOnce } from "./repositories/stored.ts";
import type { Item, Key, Page, QueryOptions, Table } from "./table.ts";

/**
 * The table with those partitions of a cluster that every start of a task writes to spread over so
 * many shards, each with a partition key of its own (ADR 0025). Callers see one partition: its pages
 * are those of its shards, merged by sort key.
 *
 * @param shards as many as ever for this table: with another number its items are not found
 */
export function shardTable(table: Table, shards: number): Table {
  if (shards === 1) return table;

  const toShard = <K extends Key>(key: K): K =>
    isSharded(key)
      ? { ...key, pk: partitionOf(key.pk, SHARDED.get(kindOf(key))?.(key.sk, shards) ?? 0) }
      : key;

  return {
    get: async (key, options) => {
      const item = await table.get(toShard(key), options);
      return item && itemFromShard(item);
    },

    getMany: async (keys, options) =>
      (await table.getMany(keys.map(toShard), options)).map(itemFromShard),

    create: (item) => table.create(toShard(item)),
    replace: (item) => table.replace(toShard(item)),
    delete: (key, version) => table.delete(toShard(key), version),

    query: async (pk, options = {}) => {
      if (!isSharded({ pk })) return table.query(pk, options);
      const only = shardOfPrefix(pk, options.skPrefix, shards);
      const page =
        only === undefined
          ? await queryShards(table, { pk, shards, options })
          : await table.query(partitionOf(pk, only), options);
      return { ...page, items: page.items.map(itemFromShard) };
    },

    list: async (listPk, options) => {
      const page = await table.list(listPk, options);
      return { ...page, items: page.items.map(fromShard) };
    },

    overdue: async (now, limit) => (await table.overdue(now, limit)).map(fromShard),
  };
}

const fromShard = <K extends Key>(key: K): K =>
  isSharded(key) ? { ...key, pk: key.pk.slice(0, key.pk.lastIndexOf("#")) } : key;

const itemFromShard = decodedOnce(fromShard<Item>);

type ShardOf = (sk: string, shards: number) => number | undefined;

const byDigits: ShardOf = (taskId, shards) => {
  const digits = shardDigitsOf(taskId);
  return digits === undefined ? undefined : Number.parseInt(digits, 16) % shards;
};

const byHash: ShardOf = (sk, shards) => Number.parseInt(groupHash(sk), 16) % shards;

/** By the kind of the partition. Ledgers have shards of their own: `repositories/ledger-shards.ts`. */
const SHARDED: ReadonlyMap<string, ShardOf> = new Map([
  ["tasks", byDigits],
  ["archive", byDigits],
  ["services", byHash],
  ["sessions", byHash],
]);

const isSharded = (key: Pick<Key, "pk">) => SHARDED.has(kindOf(key));

/** Where all keys with this prefix are, if that is one shard. */
const shardOfPrefix = (pk: string, prefix: string | undefined, shards: number) =>
  prefix !== undefined && SHARDED.get(kindOf({ pk })) === byDigits
    ? byDigits(prefix, shards)
    : undefined;

const partitionOf = (pk: string, shard: number) => `${pk}#${shard}`;

interface ShardsQuery {
  readonly pk: string;
  readonly shards: number;
  readonly options: QueryOptions;
}

/** One page of all shards. It may be shorter than asked for although there is more. */
async function queryShards(
  table: Table,
  { pk, shards, options }: ShardsQuery,
): Promise<Page<Item>> {
  const { limit } = options;
  const ofShard = limit === undefined ? options : { ...options, limit: shareOf(limit, shards) };
  const pages = await Promise.all(
    Array.from({ length: shards }, (_, shard) => table.query(partitionOf(pk, shard), ofShard)),
  );
  return merge(pages, options);
}

/** Sort keys are spread evenly: twice the average share holds what comes first with few exceptions. */
const shareOf = (limit: number, shards: number) => Math.min(limit, 2 * Math.ceil(limit / shards));

/** In order, up to where the first page ends that does not reach the end of its shard. */
function merge(pages: readonly Page<Item>[], { limit, reverse }: QueryOptions): Page<Item> {
  const compare = reverse ? descending : ascending;
  const [end] = pages.flatMap(({ next }) => next ?? []).toSorted(compare);
  const reached = pages
    .flatMap(({ items }) => items)
    .filter(({ sk }) => end === undefined || compare(sk, end) <= 0)
    .toSorted((a, b) => compare(a.sk, b.sk));
  const items = reached.slice(0, limit);
  const next = items.length < reached.length ? items.at(-1)?.sk : end;
  return next === undefined ? { items } : { items, next };
}

const ascending = (a: string, b: string) => (a < b ? -1 : Number(a > b));
const descending = (a: string, b: string) => ascending(b, a);
