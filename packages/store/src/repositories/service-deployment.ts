import type { ServiceDeployment } from "@berth/domain/service-deployment";
import { serviceDeploymentPartition } from "../keys.ts";
import type { ServiceDeploymentRepository } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { fullPage } from "./pages.ts";
import { expiryOf, membersOf, type Retention, toItem } from "./stored.ts";

export function createServiceDeploymentRepository(
  table: Table,
  retention: Retention,
): ServiceDeploymentRepository {
  return {
    put: async ({ cluster, name }, { id, ...members }) => {
      const key = { pk: serviceDeploymentPartition(cluster, name), sk: id };
      await table.create(toItem(key, members, expiryOf(retention, members.finishedAt)));
    },

    findMany: async ({ cluster, name }, ids) => {
      const pk = serviceDeploymentPartition(cluster, name);
      const keys = ids.map((sk) => ({ pk, sk }));
      return (await table.getMany(keys, { consistent: true })).map(toServiceDeployment);
    },

    page: async ({ cluster, name }, request) => {
      const pk = serviceDeploymentPartition(cluster, name);
      const page = await fullPage(table, pk, () => true, request);
      return { ...page, items: page.items.map(toServiceDeployment) };
    },
  };
}

const toServiceDeployment = (item: Item): ServiceDeployment =>
  ({ id: item.sk, ...membersOf(item) }) as ServiceDeployment;
