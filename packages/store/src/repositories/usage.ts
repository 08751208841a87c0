import { groupHash } from "@berth/domain/group-hash";
import { USAGE_KEPT_MS, type UsageReport } from "@berth/domain/container-usage";
import { usageFrom, usageKey, usageOf, usagePartition } from "../keys.ts";
import type { UsageRepository } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { readAll } from "./pages.ts";
import { expiryOf, toItem } from "./stored.ts";
import { unzipUsage, zipUsage } from "./usage-format.ts";

export function createUsageRepository(table: Table): UsageRepository {
  return {
    put: async ({ containers, ...report }, messageId) => {
      const expiry = expiryOf({ historyMs: USAGE_KEPT_MS, now: () => report.at });
      const key = usageKey(report, groupHash(messageId));
      await table.create(toItem(key, { zipped: zipUsage(containers) }, expiry));
    },

    since: async (instance, from) => {
      const startAfter = usageFrom(from);
      return (await readAll(table, usagePartition(instance), { startAfter })).map(toReport);
    },
  };
}

const toReport = (item: Item): UsageReport => ({
  ...usageOf(item),
  containers: unzipUsage(String(item["zipped"])),
});
