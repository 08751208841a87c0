import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryTable } from "./memory/table.ts";
import { shardTable } from "./shard-table.ts";
import type { Item, QueryOptions, Table } from "./table.ts";

const hex = fc.constantFrom(..."0123456789abcdef".split(""));
/** Few groups, so that prefixes find something. */
const taskId = fc
  .tuple(
    fc.constantFrom("00000000", "0000000f", "ffffffff"),
    fc.array(hex, { minLength: 2, maxLength: 4 }),
  )
  .map(([hash, digits]) => hash + digits.join(""));

const pageOptions: fc.Arbitrary<QueryOptions> = fc.record(
  {
    skPrefix: fc.constantFrom("0000000", "0000000f", "00000000a", "ffffffff0", "ffffffff00"),
    startAfter: taskId,
    limit: fc.integer({ min: 1, max: 7 }),
    reverse: fc.boolean(),
  },
  { requiredKeys: [] },
);

const PARTITIONS = ["tasks#c", "services#c", "family#f"] as const;

/** Every sort key of a partition that a reader comes to, page by page. */
async function read(table: Table, pk: string, options: QueryOptions): Promise<readonly string[]> {
  const keys: string[] = [];
  let startAfter = options.startAfter;
  do {
    const page = await table.query(pk, {
      ...options,
      ...(startAfter !== undefined && { startAfter }),
    });
    expect(page.items.length).toBeLessThanOrEqual(options.limit ?? Infinity);
    expect(page.items.every((item) => item.pk === pk)).toBe(true);
    keys.push(...page.items.map(({ sk }) => sk));
    startAfter = page.next;
  } while (startAfter !== undefined);
  return keys;
}

describe("a table in shards", () => {
  test("reads as one that is not", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(taskId, { maxLength: 60 }),
        fc.constantFrom(...PARTITIONS),
        pageOptions,
        fc.integer({ min: 2, max: 40 }),
        async (ids, pk, options, shards) => {
          const [plain, sharded] = [createMemoryTable(), shardTable(createMemoryTable(), shards)];
          for (const sk of ids) {
            const item: Item = { pk, sk, version: 1, due: 5, listPk: "list", listSk: sk };
            for (const table of [plain, sharded]) await table.create(item);
          }
          expect(await read(sharded, pk, options)).toEqual(await read(plain, pk, options));
          expect((await sharded.list("list")).items).toEqual((await plain.list("list")).items);
          const due = await sharded.overdue(9, 100);
          expect(due.map(({ sk }) => sk).toSorted()).toEqual(ids.toSorted());
          expect(due.every((key) => key.pk === pk)).toBe(true);
        },
      ),
    );
  });

  test("has each item under one key, however it is written", async () => {
    const table = shardTable(createMemoryTable(), 7);
    const key = { pk: "tasks#c", sk: "0000000012" };
    expect(await table.create({ ...key, version: 1 })).toBe("ok");
    expect(await table.create({ ...key, version: 1 })).toBe("conflict");
    const item = await table.get(key);
    expect(item).toEqual({ ...key, version: 1 });
    expect(item && (await table.replace(item))).toBe("ok");
    expect(await table.getMany([key, { ...key, sk: "0000000013" }])).toEqual([
      { ...key, version: 2 },
    ]);
    expect(await table.delete(key, 1)).toBe("conflict");
    expect(await table.delete(key, 2)).toBe("ok");
    expect(await table.get(key)).toBeUndefined();
  });
});
