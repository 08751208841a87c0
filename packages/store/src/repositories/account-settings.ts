import type { AccountSettings } from "@berth/domain/account-setting";
import { accountSettingsKey } from "../keys.ts";
import type { AccountSettingsRepository, Stored } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { membersOf, toItem, toStored } from "./stored.ts";

export function createAccountSettingsRepository(table: Table): AccountSettingsRepository {
  return {
    findMany: async (principalArns) => {
      const items = await table.getMany(principalArns.map(accountSettingsKey), {
        consistent: true,
      });
      return items.map(toSettings);
    },

    create: (settings) => table.create(itemOf(settings)),

    replace: (settings) => table.replace(itemOf(settings)),
  };
}

const itemOf = ({ principalArn, ...members }: AccountSettings): Item =>
  toItem(accountSettingsKey(principalArn), members);

const toSettings = (item: Item): Stored<AccountSettings> =>
  toStored(item, { principalArn: item.sk, ...membersOf(item) });
