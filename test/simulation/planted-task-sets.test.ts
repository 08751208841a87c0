import { groupHash } from "@berth/domain/group-hash";
import type { TaskSet } from "@berth/domain/task-set";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Item, Table } from "@berth/store/table";
import { expect, test } from "vitest";
import { runScenario } from "./scenario.ts";

const SEEDS = Array.from({ length: 30 }, (_, index) => index + 1);

const setsOf = (item: Item | undefined): readonly TaskSet[] =>
  (item?.["taskSets"] as readonly TaskSet[] | undefined) ?? [];

/** Changes what is written of task sets. */
const writing =
  (change: (sets: readonly TaskSet[], before: readonly TaskSet[]) => readonly TaskSet[]) =>
  (table: Table): Table => ({
    ...table,
    replace: async (item) => {
      if (!item["taskSets"] || item["status"] !== "ACTIVE") return table.replace(item);
      const before = setsOf(await table.get(item));
      return table.replace({ ...item, taskSets: change(setsOf(item), before) });
    },
  });

type Change = Parameters<typeof writing>[0];

/** Has a set that left return when another one leaves. */
function bringingBack(): Change {
  const left: TaskSet[] = [];
  return (sets, before) => {
    left.push(...before.filter(({ id }) => sets.every((set) => set.id !== id)));
    const back = left.length > 1 ? left.shift() : undefined;
    return back && sets.every(({ id }) => id !== back.id) ? [...sets, back] : sets;
  };
}

/** Answers that the tasks of the service were told to stop, and leaves them. */
const withoutStops = (table: Table): Table => ({
  ...table,
  replace: async (item) =>
    item.sk.startsWith(groupHash("service:shop")) && item["lastStatus"] === "RUNNING"
      ? "ok"
      : table.replace(item),
});

/** Whoever breaks a promise about task sets: a simulation that does not mind would prove nothing. */
test.each<[string, (table: Table) => Table, RegExp]>([
  [
    "a set that never leaves",
    writing((sets, before) => [
      ...sets,
      ...before.filter(({ id }) => sets.every((set) => set.id !== id)),
    ]),
    /^I39 .* is still DRAINING$/,
  ],
  [
    "a set that comes back",
    (table) => writing(bringingBack())(table),
    /^I39 .* was gone and is back$/,
  ],
  [
    "two PRIMARY sets",
    writing((sets) =>
      sets.map((set) => Object.assign({}, set, set.status === "ACTIVE" && { status: "PRIMARY" })),
    ),
    /^I39 two sets are PRIMARY$/,
  ],
  ["tasks that nobody stops", withoutStops, /^I39 .* runs \d+ of \d+/],
])("the simulation notices %s", async (_, plant, notice) => {
  for (const seed of SEEDS) {
    const { broken } = await runScenario(seed, plant(createMemoryTable()));
    if (broken.length === 0) continue;
    expect(broken).toContainEqual(expect.stringMatching(notice));
    return;
  }
  expect.unreachable("it did not");
});
