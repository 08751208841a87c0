import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import { instanceIdIn, instanceKey, ledgerKey, ledgerShardOf, registrationKey } from "../keys.ts";
import {
  type ContainerInstanceRepository,
  LEDGERS_PER_SHARD,
  type New,
  type Stored,
} from "../store.ts";
import type { Table, WriteOutcome } from "../table.ts";
import { itemOf } from "./instance-description.ts";
import { createInstanceReader, readLedger } from "./instance-reader.ts";
import { openShard, shardForAnother } from "./ledger-shards.ts";
import { ledgerItem } from "./ledger.ts";
import { expiryOf, type Retention, toItem } from "./stored.ts";

/**
 * An instance is two items: the description, long and steady, and the ledger, short and busy. The
 * ledger says that the instance exists.
 */
export function createContainerInstanceRepository(
  table: Table,
  retention: Retention,
  perShard = LEDGERS_PER_SHARD,
): ContainerInstanceRepository {
  const replaceLedger = (ledger: Stored<InstanceLedger>) =>
    table.replace(ledgerItem(ledger, retention));

  return {
    ...createInstanceReader(table),

    newId: async (cluster, digits, token) => {
      const id = instanceIdIn(await shardForAnother(table, { cluster, digits, perShard }), digits);
      return token === undefined ? id : idOfToken(table, retention, { cluster, token, id });
    },

    create: async (instance, ledger) => {
      const descriptionVersion = await putDescription(table, instance);
      if (descriptionVersion === undefined) return "conflict";
      await openShard(table, ledger.cluster, ledgerShardOf(ledger.id));
      return table.create(
        ledgerItem({ joinedAt: instance.registeredAt, ...ledger, descriptionVersion }, retention),
      );
    },

    replaceLedger: async (ledger) => {
      const outcome = await replaceLedger(ledger);
      if (outcome === "ok" && ledger.status === "INACTIVE") {
        await letDescriptionExpire(table, ledger, retention);
      }
      return outcome;
    },

    replaceDescription: async (instance) => {
      const outcome = await table.replace(itemOf(instance));
      // Whoever wrote in between may have died before the ledger, and would be in the way for ever.
      const latest =
        outcome === "ok" ? instance.version + 1 : await descriptionVersionOf(table, instance);
      await tellLedger(table, instance, latest, replaceLedger);
      return outcome;
    },
  };
}

async function descriptionVersionOf(
  table: Table,
  { cluster, id }: ContainerInstance,
): Promise<number> {
  const item = await table.get(instanceKey(cluster, id), { consistent: true });
  return item?.version ?? 0;
}

async function tellLedger(
  table: Table,
  { cluster, id }: ContainerInstance,
  descriptionVersion: number,
  replaceLedger: (ledger: Stored<InstanceLedger>) => Promise<WriteOutcome>,
): Promise<void> {
  let outcome: WriteOutcome;
  do {
    const ledger = await readLedger(table, ledgerKey(cluster, id));
    if (!ledger || ledger.descriptionVersion >= descriptionVersion) return;
    outcome = await replaceLedger({ ...ledger, descriptionVersion });
  } while (outcome === "conflict");
}

/** The id that the first call with this token was given. */
async function idOfToken(
  table: Table,
  retention: Retention,
  { cluster, token, id }: { readonly cluster: string; readonly token: string; readonly id: string },
): Promise<string> {
  const key = registrationKey(cluster, token);
  if ((await table.create(toItem(key, { id }, expiryOf(retention)))) === "ok") return id;
  const first = await table.get(key, { consistent: true });
  return first === undefined ? id : String(first["id"]);
}

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
