import type { Cluster } from "@berth/domain/cluster";
import { CLUSTERS, clusterKey } from "../keys.ts";
import type { ClusterRepository, Stored } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { fullPage } from "./pages.ts";
import { findConfirmed, membersOf, toItem, toStored } from "./stored.ts";

export function createClusterRepository(table: Table): ClusterRepository {
  return {
    find: async (name) => {
      const item = await findConfirmed(table, clusterKey(name));
      return item && toCluster(item);
    },

    findMany: async (names) => {
      const items = await table.getMany(names.map(clusterKey), { consistent: true });
      return items.map(toCluster);
    },

    create: (cluster) => table.create(itemOf(cluster)),

    replace: (cluster) => table.replace(itemOf(cluster)),

    list: async (request) => {
      const page = await fullPage(table, CLUSTERS, isActive, request);
      return { ...page, items: page.items.map((item) => item.sk) };
    },
  };
}

const isActive = (item: Item) => item["status"] === "ACTIVE";

const itemOf = ({ name, ...members }: Cluster) => toItem(clusterKey(name), members);

const toCluster = (item: Item): Stored<Cluster> =>
  toStored(item, { name: item.sk, ...membersOf(item) });
