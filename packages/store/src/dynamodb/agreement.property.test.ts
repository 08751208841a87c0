import { type DynaliteServer, startDynalite } from "@berth/testing/dynalite-server";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMemoryTable } from "../memory/table.ts";
import type { Item, QueryOptions, Table } from "../table.ts";
import { createDynamoClient } from "./client.ts";
import { ensureTable } from "./schema.ts";
import { createDynamoTable } from "./table.ts";

let server: DynaliteServer;
let runs = 0;
beforeAll(async () => {
  server = await startDynalite();
});
afterAll(() => server.close());

/** Few keys and values, so that operations meet. */
const pk = fc.constantFrom("p", "q");
const sk = fc.constantFrom("a", "a-b", "a1", "b");
const version = fc.integer({ min: 1, max: 3 });
/** JSON, with the numbers that DynamoDB holds exactly. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false, undefined),
    fc.integer(),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 3 }).map((all) => all.filter((each) => each !== undefined)),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const item: fc.Arbitrary<Item> = fc
  .record(
    {
      pk,
      sk,
      version,
      due: fc.integer({ min: 0, max: 99 }),
      listPk: fc.constantFrom("l", "m"),
      value,
    },
    { requiredKeys: ["pk", "sk", "version"] },
  )
  .map(listed);
const options: fc.Arbitrary<QueryOptions> = fc.record(
  {
    skPrefix: fc.constantFrom("a", "a-", "c"),
    startAfter: fc.constantFrom("0", "a", "a-a", "a1", "z"),
    limit: fc.integer({ min: 1, max: 3 }),
    reverse: fc.boolean(),
  },
  { requiredKeys: [] },
);

type Operation = (table: Table) => Promise<unknown>;

const operation: fc.Arbitrary<Operation> = fc.oneof(
  item.map(
    (item): Operation =>
      (table) =>
        table.create(item),
  ),
  item.map(
    (item): Operation =>
      (table) =>
        table.replace(item),
  ),
  fc.record({ pk, sk, version }).map(
    (key): Operation =>
      (table) =>
        table.delete(key, key.version),
  ),
  fc.record({ pk, sk }).map(
    (key): Operation =>
      (table) =>
        table.get(key),
  ),
  fc.array(fc.record({ pk, sk }), { maxLength: 4 }).map(
    (keys): Operation =>
      async (table) =>
        sorted(await table.getMany(keys)),
  ),
  fc.tuple(pk, options).map(
    ([pk, options]): Operation =>
      (table) =>
        itemsOf(table.query(pk, options)),
  ),
  fc.tuple(fc.constantFrom("l", "m"), options).map(
    ([listPk, options]): Operation =>
      (table) =>
        itemsOf(table.list(listPk, options)),
  ),
  fc.integer({ min: 0, max: 99 }).map(
    (now): Operation =>
      async (table) =>
        sorted(await table.overdue(now, 100)),
  ),
);

test("both tables answer alike, whatever is asked of them", async () => {
  const client = createDynamoClient({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  });
  const agreement = fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
    runs += 1;
    const tableName = `agreement-${runs}`;
    await ensureTable(client, tableName);
    const tables = [createMemoryTable(), createDynamoTable({ client, tableName })] as const;
    for (const operate of operations) {
      expect(await operate(tables[1])).toEqual(await operate(tables[0]));
    }
  });
  await fc.assert(agreement, { numRuns: 100 });
});

/** Where a page ends is the implementation's own matter once it is full: the contract drains them. */
const itemsOf = async (page: Promise<{ readonly items: readonly unknown[] }>) => (await page).items;

/** Neither promises an order here beyond that of `due`, which ties break. */
const sorted = <T extends { readonly pk: string; readonly sk: string }>(items: readonly T[]) =>
  items.toSorted((a, b) => (`${a.pk}\n${a.sk}` < `${b.pk}\n${b.sk}` ? -1 : 1));

/** Where a list is given: the item, at its place in it. */
function listed(item: Item): Item {
  return item.listPk === undefined ? item : { ...item, listSk: `${item.sk}#${item.pk}` };
}
