import type { Item, Table } from "@berth/store/table";
import { expect, test } from "vitest";
import { firstBroken } from "./first-broken.ts";

const WORLDS = 30;

const isQueuedRun = ({ pk }: Item): boolean => pk.startsWith("queuedRuns#");

/** Changes what is written of queued runs. */
const writing =
  (change: (run: Item) => Item) =>
  (table: Table): Table => {
    const changed = (item: Item) => (isQueuedRun(item) ? change(item) : item);
    return {
      ...table,
      create: async (item) => table.create(changed(item)),
      replace: async (item) => table.replace(changed(item)),
    };
  };

/** Answers that a verdict was written, and leaves it. */
const withoutVerdicts = (table: Table): Table => ({
  ...table,
  replace: async (item) =>
    isQueuedRun(item) && item["endedAt"] !== undefined ? "ok" : table.replace(item),
});

/** Whoever breaks a promise about queued runs: a simulation that does not mind would prove nothing. */
test.each<[string, (table: Table) => Table, RegExp]>([
  [
    "a deadline that is put off",
    writing((run) => ({
      ...run,
      deadline: Number(run["deadline"]) + (run.version === 1 ? 60_000 : 0),
    })),
    /^I37 .* was started too late$/,
  ],
  [
    "tasks that are no run's any more",
    writing((run) => ({ ...run, taskIds: run["unplacedTaskIds"] })),
    /^I37 /,
  ],
  ["runs that never get a verdict", withoutVerdicts, /^I37 .* is still (WAITING|CANCELLING)$/],
])("the simulation notices %s", async (_, plant, notice) => {
  expect(await firstBroken(plant, WORLDS)).toMatch(notice);
});
