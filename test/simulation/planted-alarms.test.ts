import type { Item, Table } from "@berth/store/table";
import { expect, test } from "vitest";
import { firstBroken } from "./first-broken.ts";

const WORLDS = 60;

/** What the controllers see of alarms: they read them by name, and nobody else does. */
const seeing =
  (change: (alarm: Item) => Item) =>
  (table: Table): Table => ({
    ...table,
    getMany: async (keys, options) => {
      const items = await table.getMany(keys, options);
      return items.map((item) => (item.pk === "alarms" ? change(item) : item));
    },
  });

/** Whoever breaks a promise about alarms: a simulation that does not mind would prove nothing. */
test.each<[string, (table: Table) => Table, RegExp]>([
  [
    "alarms that nobody sees",
    seeing((alarm) => ({ ...alarm, state: "OK" })),
    /^I40 .* (is in ALARM|does not heed .*)$/,
  ],
  [
    "alarms that seem to have gone off long ago",
    seeing((alarm) => ({ ...alarm, since: 0 })),
    /^I40 .* ignores .* which was not in ALARM when it began$/,
  ],
  [
    "alarms that are heeded although they are calm",
    seeing((alarm) => ({
      ...alarm,
      ...(alarm["state"] === "INSUFFICIENT_DATA" && { state: "ALARM" }),
    })),
    /^I40 .* (failed for .*, which did not go off|ignores .*, which was not in ALARM when it began)$/,
  ],
])("the simulation notices %s", async (_, plant, notice) => {
  expect(await firstBroken(plant, WORLDS)).toMatch(notice);
});
