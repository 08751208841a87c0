import type { ServiceRevision } from "@berth/domain/service-deployment";
import { serviceRevisionKey } from "../keys.ts";
import type { ServiceName, ServiceRevisionRepository } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { expiryOf, membersOf, type Retention, toItem } from "./stored.ts";

export function createServiceRevisionRepository(
  table: Table,
  retention: Retention,
): ServiceRevisionRepository {
  return {
    put: async ({ cluster, service, id, ...members }) => {
      await table.create(toItem(serviceRevisionKey(cluster, service, id), members));
    },

    findMany: async (service, ids) => {
      const keys = ids.map((id) => serviceRevisionKey(service.cluster, service.name, id));
      const items = await table.getMany(keys, { consistent: true });
      return items.map((item) => toRevision(service, item));
    },

    retire: async ({ cluster, name }, id) => {
      const item = await table.get(serviceRevisionKey(cluster, name, id));
      // Whoever came between has retired it too: there is no other way to change one.
      if (item) await table.replace({ ...item, ...expiryOf(retention) });
    },
  };
}

const toRevision = ({ cluster, name }: ServiceName, item: Item): ServiceRevision =>
  ({ cluster, service: name, id: item.sk, ...membersOf(item) }) as ServiceRevision;
