import { queuedRunKey, WANTING, wantingList } from "../keys.ts";
import type { WantingCapacity } from "../store.ts";
import type { ListedKey, Table } from "../table.ts";
import { queuedRunsAt } from "./queued-run.ts";

/** Keys of about 1.5 read units. */
const PAGE = 100;

/** One list holds all: where nobody waits, asking costs one empty query. Runs come last, the oldest first. */
export async function wantingCapacity(
  table: Table,
  cluster: string,
  maxRuns: number,
): Promise<WantingCapacity> {
  const listed: ListedKey[] = [];
  const of = (kind: string) => listed.filter(({ listSk }) => listSk.startsWith(kind));
  let startAfter: string | undefined;
  do {
    const page = await table.list(wantingList(cluster), {
      limit: PAGE,
      ...(startAfter !== undefined && { startAfter }),
    });
    listed.push(...page.items);
    startAfter = page.next;
  } while (startAfter !== undefined && of(WANTING.run).length < maxRuns);

  const runs = of(WANTING.run).slice(0, maxRuns);
  return {
    daemons: of(WANTING.daemon).map(({ sk }) => sk),
    services: of(WANTING.service).map(({ sk }) => sk),
    runs: await queuedRunsAt(
      table,
      runs.map(({ sk }) => queuedRunKey(cluster, sk)),
    ),
  };
}
