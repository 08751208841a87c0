import type { QueuedRun } from "@berth/domain/queued-run";
import {
  clusterOf,
  queuedListing,
  queuedRunKey,
  queuedRunPartition,
  WANTING,
  wantingList,
} from "../keys.ts";
import type { New, QueuedRunRepository, Stored } from "../store.ts";
import type { Item, Key, Table } from "../table.ts";
import { decodedOnce, expiryOf, membersOf, type Retention, toItem, toStored } from "./stored.ts";

export function createQueuedRunRepository(table: Table, retention: Retention): QueuedRunRepository {
  return {
    create: (run) => table.create(itemOf(run, retention)),

    find: async (cluster, id) => {
      const item = await table.get(queuedRunKey(cluster, id), { consistent: true });
      return item && toQueuedRun(item);
    },

    replace: (run) => table.replace(itemOf(run, retention)),

    page: async (cluster, { limit, startAfter }) => {
      const page = await table.query(queuedRunPartition(cluster), {
        limit,
        ...(startAfter !== undefined && { startAfter }),
      });
      return { ...page, items: page.items.map(toQueuedRun) };
    },

    oldestWaiting: async (cluster, limit) => {
      const { items } = await table.list(wantingList(cluster), { skPrefix: WANTING.run, limit });
      return queuedRunsAt(
        table,
        items.map(({ sk }) => queuedRunKey(cluster, sk)),
      );
    },
  };
}

/** In the order of the keys, as they were a moment ago. */
export async function queuedRunsAt(
  table: Pick<Table, "getMany">,
  keys: readonly Key[],
): Promise<readonly Stored<QueuedRun>[]> {
  const found = new Map((await table.getMany(keys)).map((item) => [item.sk, item]));
  return keys.flatMap(({ sk }) => {
    const item = found.get(sk);
    return item ? [toQueuedRun(item)] : [];
  });
}

function itemOf(run: New<QueuedRun>, retention: Retention): Item {
  const { cluster, id, ...members } = run;
  return toItem(queuedRunKey(cluster, id), members, {
    ...(run.status === "WAITING" && queuedListing(cluster, id, run.queuedAt)),
    ...(run.endedAt !== undefined && expiryOf(retention, run.endedAt)),
  });
}

const toQueuedRun = decodedOnce((item: Item): Stored<QueuedRun> =>
  toStored(item, { cluster: clusterOf(item), id: item.sk, ...membersOf(item) }),
);
