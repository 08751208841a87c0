import type { CapacityProvider } from "@berth/domain/capacity-provider";
import { CAPACITY_PROVIDERS, capacityProviderKey } from "../keys.ts";
import type { CapacityProviderRepository, Stored } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { fullPage } from "./pages.ts";
import { expiryOf, findConfirmed, membersOf, type Retention, toItem, toStored } from "./stored.ts";

export function createCapacityProviderRepository(
  table: Table,
  retention: Retention,
): CapacityProviderRepository {
  const itemOf = ({ name, ...members }: CapacityProvider): Item =>
    toItem(
      capacityProviderKey(name),
      members,
      members.status === "INACTIVE" && expiryOf(retention, members.inactiveAt),
    );
  return {
    find: async (name) => {
      const item = await findConfirmed(table, capacityProviderKey(name));
      return item && toCapacityProvider(item);
    },

    findMany: async (names) => {
      const items = await table.getMany(names.map(capacityProviderKey), { consistent: true });
      return items.map(toCapacityProvider);
    },

    create: (provider) => table.create(itemOf(provider)),

    replace: (provider) => table.replace(itemOf(provider)),

    page: async (request) => {
      const page = await fullPage(table, CAPACITY_PROVIDERS, isActive, request);
      return { ...page, items: page.items.map(toCapacityProvider) };
    },
  };
}

const isActive = (item: Item) => item["status"] === "ACTIVE";

const toCapacityProvider = (item: Item): Stored<CapacityProvider> =>
  toStored(item, { name: item.sk, ...membersOf(item) });
