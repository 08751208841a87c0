import type { OwnAlarm } from "@berth/domain/alarm";
import { alarmKey, ALARMS } from "../keys.ts";
import type { AlarmRepository, Stored } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { findConfirmed, membersOf, toItem, toStored } from "./stored.ts";

export function createAlarmRepository(table: Table): AlarmRepository {
  return {
    find: async (name) => {
      const item = await findConfirmed(table, alarmKey(name));
      return item && toAlarm(item);
    },

    findMany: async (names) => {
      const items = await table.getMany(names.map(alarmKey), { consistent: true });
      return items.map(toAlarm);
    },

    create: (alarm) => table.create(itemOf(alarm)),

    replace: (alarm) => table.replace(itemOf(alarm)),

    delete: ({ name, version }) => table.delete(alarmKey(name), version),

    page: async ({ limit, startAfter }) => {
      const page = await table.query(ALARMS, {
        limit,
        ...(startAfter !== undefined && { startAfter }),
      });
      return { ...page, items: page.items.map(toAlarm) };
    },
  };
}

const itemOf = ({ name, ...members }: OwnAlarm): Item => toItem(alarmKey(name), members);

const toAlarm = (item: Item): Stored<OwnAlarm> =>
  toStored(item, { name: item.sk, ...membersOf(item) });
