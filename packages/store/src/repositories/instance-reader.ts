import type { InstanceLedger } from "@berth/domain/container-instance";
import {
  AWAY_LIST,
  awaySinceOf,
  clusterOf,
  hostList,
  instanceKey,
  joinedFrom,
  joinedList,
  ledgerKey,
  ledgerPartition,
  ledgerShardOf,
  startOfLedgerShard,
} from "../keys.ts";
import type {
  ContainerInstanceRepository,
  InstanceName,
  PageRequest,
  Stored,
  StoredInstance,
} from "../store.ts";
import type { Item, Key, Page, Table } from "../table.ts";
import { DescriptionCache } from "./description-cache.ts";
import { toInstance } from "./instance-description.ts";
import { LedgerShards } from "./ledger-shards.ts";
import { toLedger } from "./ledger.ts";
import { listAll, readAll } from "./pages.ts";

type Reader = Omit<
  ContainerInstanceRepository,
  "newId" | "create" | "replaceLedger" | "replaceDescription"
>;

/** Reading an instance costs no more than its ledger while its description is cached. */
export function createInstanceReader(table: Table): Reader {
  const cache = new DescriptionCache();
  const shards = new LedgerShards(table);

  async function withDescriptions(
    ledgers: readonly Stored<InstanceLedger>[],
  ): Promise<readonly StoredInstance[]> {
    for (const { cluster, id } of ledgers) shards.notice(cluster, id);
    const wanted = ledgers.filter((each) => !cache.get(each.id, each.descriptionVersion));
    const items = await table.getMany(
      wanted.map((each) => instanceKey(each.cluster, each.id)),
      { consistent: true },
    );
    const read = new Map(items.map((item) => [item.sk, toInstance(item)]));
    for (const instance of read.values()) cache.add(instance);
    return ledgers.flatMap((ledger) => {
      const instance = read.get(ledger.id) ?? cache.get(ledger.id, ledger.descriptionVersion);
      return instance ? [{ instance, ledger }] : [];
    });
  }

  return {
    find: async (cluster, id) => {
      const ledger = await readLedger(table, ledgerKey(cluster, id));
      return ledger && (await withDescriptions([ledger]))[0];
    },

    findMany: async (cluster, ids) => {
      const keys = ids.map((id) => ledgerKey(cluster, id));
      const items = await table.getMany(keys, { consistent: true });
      return withDescriptions(items.map(toLedger));
    },

    all: async (cluster) => {
      const items = await readAllShards(table, cluster, shards);
      return withDescriptions(items.filter(isInUse).map(toLedger));
    },

    slice: async (cluster, request) => {
      const { items, next } = await sliceOfShards(table, cluster, {
        ...request,
        shards: await shards.known(cluster),
      });
      const instances = await withDescriptions(items.filter(isInUse).map(toLedger));
      return next === undefined ? { items: instances } : { items: instances, next };
    },

    joinedSince: async (cluster, joinedAt) => {
      const keys = await listAll(table, joinedList(cluster), {
        startAfter: joinedFrom(joinedAt),
      });
      return keys.map(({ sk }) => sk);
    },

    onHost: (ec2InstanceId) => onHost(table, ec2InstanceId),

    missingAgents: (before, limit) => missingAgents(table, before, limit),

    findLedger: (cluster, id) => readLedger(table, ledgerKey(cluster, id)),

    glanceAtLedger: (cluster, id) => readLedger(table, ledgerKey(cluster, id), false),
  };
}

/** The first is read while it is looked up whether there are more. */
async function readAllShards(
  table: Table,
  cluster: string,
  shards: LedgerShards,
): Promise<readonly Item[]> {
  const read = (shard: number) => readAll(table, ledgerPartition(cluster, shard));
  const [first, count] = await Promise.all([read(0), shards.latest(cluster)]);
  const others = Array.from({ length: count - 1 }, (_, index) => read(index + 1));
  return [first, ...(await Promise.all(others))].flat();
}

/** Out of one shard, the next that has any. Ends with that shard, although there may be fewer than asked for. */
async function sliceOfShards(
  table: Table,
  cluster: string,
  { startAfter, limit, shards }: PageRequest & { readonly shards: number },
): Promise<Page<Item>> {
  let after = startAfter;
  for (let shard = ledgerShardOf(startAfter ?? ""); shard < shards; shard += 1) {
    const page = await table.query(ledgerPartition(cluster, shard), {
      limit,
      ...(after !== undefined && { startAfter: after }),
    });
    if (page.next !== undefined) return page;
    after = shard + 1 < shards ? startOfLedgerShard(shard + 1) : undefined;
    if (page.items.length > 0) return after === undefined ? page : { ...page, next: after };
  }
  return { items: [] };
}

const isInUse = (item: Item): boolean => item["status"] !== "INACTIVE";
export async function readLedger(
  table: Table,
  key: Key,
  consistent = true,
): Promise<Stored<InstanceLedger> | undefined> {
  const item = await table.get(key, { consistent });
  return item && toLedger(item);
}

async function onHost(table: Table, ec2InstanceId: string): Promise<readonly InstanceName[]> {
  const keys = await listAll(table, hostList(ec2InstanceId));
  return keys.map(nameOf);
}

async function missingAgents(
  table: Table,
  before: number,
  limit: number,
): Promise<readonly InstanceName[]> {
  const { items } = await table.list(AWAY_LIST, { limit });
  return items.filter(({ listSk }) => awaySinceOf(listSk) < before).map(nameOf);
}

const nameOf = (key: Key): InstanceName => ({ cluster: clusterOf(key), id: key.sk });
