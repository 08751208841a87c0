import { instanceKey } from "./keys.ts";
import { toInstance } from "./repositories/instance-description.ts";
import { DescriptionCache } from "./repositories/description-cache.ts";
import { findTaskDefinition } from "./repositories/task-definition.ts";
import type { StoreReader } from "./store.ts";
import type { Table } from "./table.ts";

/** One for each process: it remembers descriptions. */
export function createStoreReader(table: Pick<Table, "get">): StoreReader {
  const descriptions = new DescriptionCache();
  return {
    taskDefinitions: {
      find: (family, revision) => findTaskDefinition(table, family, revision),
    },
    description: async ({ cluster, id, descriptionVersion }) => {
      const known = descriptions.get(id, descriptionVersion);
      if (known) return known;
      const item = await table.get(instanceKey(cluster, id), { consistent: true });
      if (!item) return undefined;
      const description = toInstance(item);
      descriptions.add(description);
      return description;
    },
  };
}
