import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import {
  AWAY_LIST,
  awaySinceOf,
  clusterOf,
  hostList,
  hostListing,
  instanceKey,
  ledgerKey,
  ledgerPartition,
} from "../keys.ts";
import type {
  ContainerInstanceRepository,
  InstanceName,
  New,
  Stored,
  StoredInstance,
} from "../store.ts";
import type { Item, Key, Table, WriteOutcome } from "../table.ts";
import { DescriptionCache } from "./description-cache.ts";
import { ledgerItem, toLedger } from "./ledger.ts";
import { listAll, readAll } from "./pages.ts";
import { expiryOf, membersOf, type Retention, toItem, toStored } from "./stored.ts";

/**
 * An instance is two items: the description, long and steady, and the ledger, short and busy. The
 * ledger says that the instance exists; reading an instance costs no more than its ledger while the
 * description is cached.
 */
export function createContainerInstanceRepository(
  table: Table,
  retention: Retention,
): ContainerInstanceRepository {
  const cache = new DescriptionCache();

  async function withDescriptions(
    ledgers: readonly Stored<InstanceLedger>[],
  ): Promise<readonly StoredInstance[]> {
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

  const replaceLedger = (ledger: Stored<InstanceLedger>) =>
    table.replace(ledgerItem(ledger, retention));

  return {
    create: async (instance, ledger) => {
      const descriptionVersion = await putDescription(table, instance);
      return descriptionVersion === undefined
        ? "conflict"
        : table.create(ledgerItem({ ...ledger, descriptionVersion }, retention));
    },

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
      const items = await readAll(table, ledgerPartition(cluster));
      return withDescriptions(items.filter((item) => item["status"] !== "INACTIVE").map(toLedger));
    },

    onHost: (ec2InstanceId) => onHost(table, ec2InstanceId),

    missingAgents: (before, limit) => missingAgents(table, before, limit),

    findLedger: (cluster, id) => readLedger(table, ledgerKey(cluster, id)),

    glanceAtLedger: (cluster, id) => readLedger(table, ledgerKey(cluster, id), false),

    replaceLedger: async (ledger) => {
      const outcome = await replaceLedger(ledger);
      if (outcome === "ok" && ledger.status === "INACTIVE") {
        await letDescriptionExpire(table, ledger, retention);
      }
      return outcome;
    },

    replaceDescription: async (instance) => {
      const outcome = await table.replace(itemOf(instance));
      if (outcome === "conflict") return outcome;
      const descriptionVersion = instance.version + 1;
      let ledgerOutcome: WriteOutcome;
      do {
        const ledger = await readLedger(table, ledgerKey(instance.cluster, instance.id));
        if (!ledger || ledger.descriptionVersion >= descriptionVersion) return "ok";
        ledgerOutcome = await replaceLedger({ ...ledger, descriptionVersion });
      } while (ledgerOutcome === "conflict");
      return "ok";
    },
  };
}

async function readLedger(
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

/**
 * The version that the description now has; undefined where the instance exists already. One left
 * by a registration that died before its ledger is written over.
 */
async function putDescription(
  table: Table,
  instance: New<ContainerInstance>,
): Promise<number | undefined> {
  const item = itemOf(instance);
  if ((await table.create(item)) === "ok") return item.version;
  const [ledger, left] = await Promise.all([
    table.get(ledgerKey(instance.cluster, instance.id), { consistent: true }),
    table.get(item, { consistent: true }),
  ]);
  if (ledger || !left) return undefined;
  const outcome = await table.replace({ ...item, version: left.version });
  return outcome === "ok" ? left.version + 1 : undefined;
}

/** Afterwards, and once at most: should it be lost, a description is left that nobody reads. */
async function letDescriptionExpire(
  table: Table,
  { cluster, id }: InstanceLedger,
  retention: Retention,
): Promise<void> {
  const item = await table.get(instanceKey(cluster, id), { consistent: true });
  if (item && item.expiresAt === undefined) {
    await table.replace({ ...item, ...expiryOf(retention) });
  }
}

const itemOf = ({ cluster, id, ...members }: ContainerInstance) =>
  toItem(
    instanceKey(cluster, id),
    members,
    members.ec2InstanceId === undefined ? {} : hostListing(members.ec2InstanceId, { cluster, id }),
  );

const toInstance = (item: Item): Stored<ContainerInstance> =>
  toStored(item, {
    cluster: clusterOf(item),
    id: item.sk,
    ...membersOf(item),
  });
