import { readFileSync } from "node:fs";
import { type DynaliteServer, startDynalite } from "@berth/testing/dynalite-server";
import {
  COST_SCENARIOS,
  type CostScenario,
  LIFE_SCENARIOS,
} from "@berth/testing/store-cost-scenarios";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createStore } from "../create-store.ts";
import { createMemoryTable } from "../memory/table.ts";
import { createDynamoClient } from "./client.ts";
import type { ConsumedUnits } from "./meter.ts";
import { ensureTable } from "./schema.ts";
import { createDynamoTable } from "./table.ts";

const PAGE = new URL("../../../../docs/STORE.md", import.meta.url);

/** Lines such as `` | `tasks.find` | live | 0.5 | 0 | ``. */
const COST_LINE = /^\| `([\w.]+)` +\| ([^|]+?) +\| +([\d.]+) +\| +([\d.]+) +\|$/gm;

/** Lines such as `| A task of RunTask that ends by itself | 7 |`. */
const LIFE_LINE = /^\| (A task [^|]+?) +\| +([\d.]+) +\|$/gm;

const page = readFileSync(PAGE, "utf8");
const lives = [...page.matchAll(LIFE_LINE)].map(([, life = "", writes]) => ({
  life,
  writes: Number(writes),
}));
const costs = [...page.matchAll(COST_LINE)].map(([, operation = "", when = "", reads, writes]) => ({
  operation,
  scenario: `${operation} | ${when}`,
  units: { reads: Number(reads), writes: Number(writes) },
}));

describe("docs/STORE.md", () => {
  test("tells the cost of every operation of the store", () => {
    const store = createStore(createMemoryTable(), { historyMs: 1, now: () => 0 });
    const operations = Object.entries(store).flatMap(([name, repository]) =>
      typeof repository === "function"
        ? [name]
        : Object.keys(repository as object).map((operation) => `${name}.${operation}`),
    );
    expect(new Set(costs.map((cost) => cost.operation))).toEqual(new Set(operations));
  });

  test("tells the cost of every scenario that is counted here, once", () => {
    expect(costs.map((cost) => cost.scenario).toSorted(byText)).toEqual(
      Object.keys(COST_SCENARIOS).toSorted(byText),
    );
    expect(lives.map(({ life }) => life)).toEqual(Object.keys(LIFE_SCENARIOS));
  });

  describe("tells the request units of", () => {
    let server: DynaliteServer;
    let tables = 0;
    beforeAll(async () => {
      server = await startDynalite();
    });
    afterAll(() => server.close());

    test.each(costs)("$scenario", async ({ scenario, units }) => {
      const prepare = COST_SCENARIOS[scenario];
      expect(prepare && (await unitsOf(prepare))).toEqual(units);
    });

    test.each(lives)("$life", async ({ life, writes }) => {
      const prepare = LIFE_SCENARIOS[life];
      expect(prepare && (await unitsOf(prepare))).toMatchObject({ writes });
    });

    async function unitsOf(prepare: CostScenario): Promise<ConsumedUnits> {
      const client = createDynamoClient({
        endpoint: server.endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "key", secretAccessKey: "secret" },
      });
      tables += 1;
      const tableName = `costs-${tables}`;
      await ensureTable(client, tableName);
      let total = { reads: 0, writes: 0 };
      const onConsumed = (_: string, { reads, writes }: ConsumedUnits) => {
        total = { reads: total.reads + reads, writes: total.writes + writes };
      };
      const table = createDynamoTable({ client, tableName, onConsumed });
      const call = await prepare(createStore(table, { historyMs: 60_000, now: Date.now }));
      total = { reads: 0, writes: 0 };
      await call();
      return total;
    }
  });
});

const byText = (a: string, b: string) => (a < b ? -1 : 1);
