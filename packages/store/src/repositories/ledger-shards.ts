import { ledgerPartition, ledgerShardOf, ledgerShardsKey } from "../keys.ts";
import type { Table } from "../table.ts";
import { toItem } from "./stored.ts";

/** With so many, further instances go into all of them evenly. */
export const MAX_SHARDS = 64;

/** How many shards the ledgers of clusters have, as far as one process knows. */
export class LedgerShards {
  readonly #table: Table;
  /** It never becomes less. */
  readonly #counts = new Map<string, number>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** Without reading where this process has read it before. */
  async known(cluster: string): Promise<number> {
    return this.#counts.get(cluster) ?? this.latest(cluster);
  }

  /** Maybe as it was a moment ago. */
  async latest(cluster: string): Promise<number> {
    const read = countIn(await this.#table.get(ledgerShardsKey(cluster)));
    const count = Math.max(read, this.#counts.get(cluster) ?? 0);
    this.#counts.set(cluster, count);
    return count;
  }

  /** An instance that was read may be the first that is seen of its shard. */
  notice(cluster: string, id: string): void {
    const known = this.#counts.get(cluster);
    const least = ledgerShardOf(id) + 1;
    if (known !== undefined && known < least) this.#counts.set(cluster, least);
  }
}

/**
 * The shard that a new instance goes to: the last one while that has room, then one more.
 * `digits` are hex digits: they choose once there are as many as there may be.
 */
export async function shardForAnother(
  table: Table,
  { cluster, digits, perShard }: Another,
): Promise<number> {
  const count = countIn(await table.get(ledgerShardsKey(cluster), { consistent: true }));
  if (count >= MAX_SHARDS) return Number.parseInt(digits.slice(0, 4), 16) % MAX_SHARDS;
  const last = await table.query(ledgerPartition(cluster, count - 1), { consistent: true });
  const inUse = last.items.filter((item) => item["status"] !== "INACTIVE");
  return inUse.length < perShard ? count - 1 : count;
}

interface Another {
  readonly cluster: string;
  readonly digits: string;
  readonly perShard: number;
}

/** Before a ledger is written: who reads all of the cluster looks into its shard from then on. */
export async function openShard(table: Table, cluster: string, shard: number): Promise<void> {
  if (shard === 0) return;
  const key = ledgerShardsKey(cluster);
  for (;;) {
    const item = await table.get(key, { consistent: true });
    if (countIn(item) > shard) return;
    const opened = toItem(key, { count: shard + 1, ...(item && { version: item.version }) });
    const outcome = await (item ? table.replace(opened) : table.create(opened));
    if (outcome === "ok") return;
  }
}

const countIn = (item: object | undefined): number =>
  item && "count" in item ? Number(item.count) : 1;
