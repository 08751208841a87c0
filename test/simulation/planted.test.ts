import { isTerminal } from "@berth/domain/service-deployment";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import type { Item, Table } from "@berth/store/table";
import { expect, test } from "vitest";
import { firstBroken } from "./first-broken.ts";

/** The rarest to be noticed, a lost mark, shows in about one world of fourteen. */
const WORLDS = 100;

/** Tables that break a promise: a simulation that does not mind would prove nothing. */
const FAULTS: Readonly<Record<string, (table: Table) => Table>> = {
  "a write that ignores the version": (table) => ({
    ...table,
    replace: async (item) => {
      const current = await table.get(item);
      return table.replace({ ...item, version: current?.version ?? item.version });
    },
  }),
  "a mark that is never found again": (table) => ({ ...table, overdue: async () => [] }),
  "a write that is answered and not done": (table) => {
    let writes = 0;
    return {
      ...table,
      replace: async (item) => ((writes += 1) % 50 === 0 ? "ok" : table.replace(item)),
    };
  },
};

test.each(Object.entries(FAULTS))("the simulation notices %s", async (_, plant) => {
  expect(await firstBroken(plant, WORLDS)).toBeDefined();
});

const entries = (member: unknown) => Object.keys(member ?? {}).length;

/** Answers that an item with more of this member than before was written, and leaves it. */
const withoutMoreOf =
  (member: string) =>
  (table: Table): Table => ({
    ...table,
    replace: async (item: Item) => {
      const current = await table.get(item);
      return entries(item[member]) > entries(current?.[member]) ? "ok" : table.replace(item);
    },
  });

test("the simulation notices a group that waits for nothing", async () => {
  const forgetful = (table: Table): Table => ({
    ...table,
    replace: async ({ host, ...item }) =>
      table.replace({ ...item, ...(host !== undefined && { host: withoutAction(host) }) }),
  });
  expect(await firstBroken(forgetful, WORLDS)).toMatch(/^I22 /);
});

function withoutAction(host: unknown): unknown {
  const { lifecycleAction: _, ...record } = host as { readonly lifecycleAction?: unknown };
  return record;
}

test("the simulation notices a failure that is told as a success", async () => {
  const flattering = (table: Table): Table => ({
    ...table,
    replace: async ({ serviceDeployments, ...item }) =>
      table.replace({
        ...item,
        ...(serviceDeployments !== undefined && {
          serviceDeployments: (serviceDeployments as readonly ServiceDeployment[]).map(flattered),
        }),
      }),
  });
  expect(await firstBroken(flattering, WORLDS)).toMatch(/^I30 /);
});

const flattered = (record: ServiceDeployment): ServiceDeployment =>
  isTerminal(record) ? { ...record, status: "SUCCESSFUL" } : record;

test.each([
  ["a task without a reservation", "reservations", /^I5 /],
  ["a start that its service has not committed to", "starts", /^I8 /],
])("the simulation notices %s", async (_, member, notice) => {
  expect(await firstBroken(withoutMoreOf(member), WORLDS)).toMatch(notice);
});

test("the simulation notices tasks that forget what began their stop", async () => {
  const forgetful = (table: Table): Table => ({
    ...table,
    replace: async (item) => table.replace("history" in item ? { ...item, history: [] } : item),
  });
  expect(await firstBroken(forgetful, WORLDS)).toMatch(/^I28 task /);
});
