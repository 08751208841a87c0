import { createMemoryTable } from "@berth/store/memory/table";
import type { Item, Table } from "@berth/store/table";
import { expect, test } from "vitest";
import { runScenario } from "./scenario.ts";

/** Such as have users who share tasks out. */
const SEEDS = [4, 8, 12, 16];

/** Changes what is written of new tasks. */
const creating =
  (change: (task: Item) => Item) =>
  (table: Table): Table => ({
    ...table,
    create: async (item) =>
      table.create(item["capacityProviderName"] === undefined ? item : change(item)),
  });

/** Whoever mixes providers up: a simulation that does not mind would prove nothing. */
test.each<[string, (table: Table) => Table, RegExp]>([
  [
    "a task that says another provider",
    creating((task) => ({
      ...task,
      capacityProviderName: task["capacityProviderName"] === "spot" ? "steady" : "spot",
    })),
    /^I42 .* is on an instance of/,
  ],
  [
    "a task that says none",
    creating((task) => {
      const { capacityProviderName: _, ...others } = task;
      return others;
    }),
    /^I42 .* has no share in it$/,
  ],
])("%s is noticed", { timeout: 120_000 }, async (_name, breaking, fault) => {
  const broken: string[] = [];
  for (const seed of SEEDS) {
    broken.push(...(await runScenario(seed, breaking(createMemoryTable()))).broken);
    if (broken.some((each) => fault.test(each))) return;
  }
  expect(broken).toContainEqual(expect.stringMatching(fault));
});
