import type { Item, Page, QueryOptions, Table } from "@berth/store/table";
import { beforeEach, describe, expect, test } from "vitest";

/** What every table must do. `makeTable` gives an empty one. */
export function describeTable(makeTable: () => Promise<Table>): void {
  let table: Table;

  beforeEach(async () => {
    table = await makeTable();
  });

  describe("an item", () => {
    test("is read as it was written, without the members that are undefined", async () => {
      const written = {
        ...anItem(),
        text: "",
        number: -1.5,
        flag: false,
        list: [1, "two", { three: [] }],
        map: { "a b": {}, left: undefined },
        left: undefined,
      };
      expect(await table.create(written)).toBe("ok");
      expect(await table.get(written)).toStrictEqual({
        ...anItem(),
        text: "",
        number: -1.5,
        flag: false,
        list: [1, "two", { three: [] }],
        map: { "a b": {} },
      });
    });

    test.each([
      { name: "an empty sort key", key: { pk: "p", sk: "" } },
      { name: "an empty partition key", key: { pk: "", sk: "s" } },
      { name: "a sort key of 1,025 bytes", key: { pk: "p", sk: "x".repeat(1_025) } },
      { name: "a partition key of 2,049 bytes", key: { pk: "p".repeat(2_049), sk: "s" } },
    ])("never has $name: it is not there, alone and among others", async ({ key }) => {
      await table.create(anItem());
      expect(await table.get(key)).toBeUndefined();
      expect(await table.getMany([key])).toEqual([]);
      expect(await table.getMany([key, anItem(), key])).toEqual([anItem()]);
    });

    test("is found by the longest keys that there can be", async () => {
      const longest = { ...anItem(), pk: "p".repeat(2_048), sk: "é".repeat(512) };
      await table.create(longest);
      expect(await table.getMany([longest, anItem()])).toEqual([longest]);
    });

    test("is not changed by changing what was written or read", async () => {
      const list = ["kept"];
      await table.create({ ...anItem(), list });
      list.push("added");
      const read = await table.get(anItem());
      changeIfPossible(read?.["list"]);
      expect((await table.get(anItem()))?.["list"]).toEqual(["kept"]);
    });

    test("is created once", async () => {
      await table.create({ ...anItem(), by: "first" });
      expect(await table.create({ ...anItem(), by: "second" })).toBe("conflict");
      expect((await table.get(anItem()))?.["by"]).toBe("first");
    });

    test("is replaced as a whole, at its version only, which rises", async () => {
      await table.create({ ...anItem(), old: true });
      expect(await table.replace({ ...anItem(), version: 2, wrong: true })).toBe("conflict");
      expect(await table.replace({ ...anItem(), version: 1, new: true })).toBe("ok");
      expect(await table.get(anItem())).toStrictEqual({ ...anItem(), version: 2, new: true });
    });

    test("cannot be replaced where there is none", async () => {
      expect(await table.replace(anItem())).toBe("conflict");
      expect(await table.get(anItem())).toBeUndefined();
    });

    test("is deleted at its version only; deleting what is gone is done", async () => {
      await table.create(anItem());
      expect(await table.delete(anItem(), 2)).toBe("conflict");
      expect(await table.delete(anItem(), 1)).toBe("ok");
      expect(await table.delete(anItem(), 1)).toBe("ok");
      expect(await table.get(anItem())).toBeUndefined();
    });
  });

  describe("of many writers at once", () => {
    const fifty = Array.from({ length: 50 }, (_, writer) => writer);

    test("exactly one creates", async () => {
      const outcomes = await Promise.all(
        fifty.map((writer) => table.create({ ...anItem(), writer })),
      );
      const winners = fifty.filter((writer) => outcomes[writer] === "ok");
      expect(winners).toEqual([(await table.get(anItem()))?.["writer"]]);
    });

    test("exactly one replaces a version", async () => {
      await table.create(anItem());
      const outcomes = await Promise.all(
        fifty.map((writer) => table.replace({ ...anItem(), writer })),
      );
      const winners = fifty.filter((writer) => outcomes[writer] === "ok");
      expect(winners).toEqual([(await table.get(anItem()))?.["writer"]]);
      expect((await table.get(anItem()))?.version).toBe(2);
    });

    test("none is lost that reads again and tries again", async () => {
      await table.create({ ...anItem(), count: 0 });
      const increment = async (): Promise<void> => {
        const item = await table.get(anItem(), { consistent: true });
        const count = Number(item?.["count"]) + 1;
        if ((await table.replace({ ...anItem(), ...item, count })) === "conflict") {
          await increment();
        }
      };
      await Promise.all(fifty.slice(0, 10).map(increment));
      expect((await table.get(anItem()))?.["count"]).toBe(10);
    });
  });

  describe("getMany", () => {
    test("gives each item once, leaves absent ones out, and takes any number of keys", async () => {
      await createAll(
        table,
        Array.from({ length: 130 }, (_, n) => anItem(`i${n}`)),
      );
      const keys = Array.from({ length: 140 }, (_, n) => anItem(`i${n}`));
      const items = await table.getMany([...keys, ...keys.slice(0, 5)], { consistent: true });
      expect(items.map((item) => item.sk).toSorted()).toEqual(
        keys
          .slice(0, 130)
          .map((key) => key.sk)
          .toSorted(),
      );
    });

    test("of no keys is nothing", async () => {
      expect(await table.getMany([])).toEqual([]);
    });
  });

  describe("query", () => {
    const all = ["a", "a-", "a-b", "a1", "aa", "b", "b\u007e", "c"];

    beforeEach(async () => {
      await createAll(
        table,
        all.map((sk) => anItem(sk)),
      );
      await table.create({ ...anItem("a"), pk: "other" });
    });

    test.each<{ name: string; options: QueryOptions; expected: readonly string[] }>([
      { name: "reads a partition in order", options: {}, expected: all },
      { name: "reads backwards", options: { reverse: true }, expected: all.toReversed() },
      {
        name: "reads a prefix",
        options: { skPrefix: "a-" },
        expected: ["a-", "a-b"],
      },
      {
        name: "goes on after a key, which need not exist",
        options: { startAfter: "a0" },
        expected: ["a1", "aa", "b", "b~", "c"],
      },
      { name: "excludes the key itself", options: { startAfter: "b" }, expected: ["b~", "c"] },
      {
        name: "goes on backwards",
        options: { startAfter: "a1", reverse: true },
        expected: ["a-b", "a-", "a"],
      },
      {
        name: "goes on within a prefix",
        options: { skPrefix: "a", startAfter: "a-b" },
        expected: ["a1", "aa"],
      },
      {
        name: "goes on backwards within a prefix",
        options: { skPrefix: "a", startAfter: "a1", reverse: true },
        expected: ["a-b", "a-", "a"],
      },
      {
        name: "starts before the prefix",
        options: { skPrefix: "b", startAfter: "a" },
        expected: ["b", "b~"],
      },
      {
        name: "is empty after the prefix",
        options: { skPrefix: "a", startAfter: "b" },
        expected: [],
      },
      {
        name: "starts backwards after the prefix",
        options: { skPrefix: "a-", startAfter: "b", reverse: true },
        expected: ["a-b", "a-"],
      },
      {
        name: "is empty backwards before the prefix",
        options: { skPrefix: "b", startAfter: "a", reverse: true },
        expected: [],
      },
    ])("$name, on one page and on many", async ({ options, expected }) => {
      const keys = await drain((page) => table.query(PK, { ...options, ...page }), "sk");
      expect(keys).toEqual(expected);
      const pages = { ...options, limit: 2 };
      expect(await drain((page) => table.query(PK, { ...pages, ...page }), "sk")).toEqual(expected);
    });

    test("gives no more than the limit", async () => {
      expect((await table.query(PK, { limit: 3 })).items).toHaveLength(3);
      const backwards = { limit: 1, reverse: true, skPrefix: "a", startAfter: "a0" };
      expect((await table.query(PK, backwards)).items).toHaveLength(1);
    });
  });

  describe("the listing", () => {
    const inList = (sk: string, listSk: string) => ({ ...anItem(sk), listPk: "list", listSk });

    beforeEach(async () => {
      await createAll(table, [
        inList("1", "c"),
        inList("2", "a#2"),
        inList("3", "a#1"),
        anItem("4"),
      ]);
    });

    test("holds the keys of the items that are in it, in its own order", async () => {
      expect((await table.list("list")).items).toStrictEqual([
        { pk: PK, sk: "3", listSk: "a#1" },
        { pk: PK, sk: "2", listSk: "a#2" },
        { pk: PK, sk: "1", listSk: "c" },
      ]);
    });

    test("is read by prefix, page and direction like a partition", async () => {
      const list = (options: QueryOptions) =>
        drain((page) => table.list("list", { ...options, ...page }), "listSk");
      expect(await list({ limit: 1 })).toEqual(["a#1", "a#2", "c"]);
      expect(await list({ limit: 1, reverse: true })).toEqual(["c", "a#2", "a#1"]);
      expect(await list({ limit: 1, skPrefix: "a#", reverse: true })).toEqual(["a#2", "a#1"]);
      expect(await list({ startAfter: "a#~" })).toEqual(["c"]);
    });

    test("follows a change of the item", async () => {
      await table.replace({ ...anItem("1"), listPk: "list", listSk: "b" });
      await table.replace({ ...anItem("2"), listPk: "elsewhere", listSk: "a" });
      await table.replace(anItem("3"));
      expect((await table.list("list")).items).toStrictEqual([{ pk: PK, sk: "1", listSk: "b" }]);
      await table.delete(anItem("1"), 2);
      expect((await table.list("list")).items).toEqual([]);
    });
  });

  describe("overdue", () => {
    test("gives what is due by now, oldest first, up to the limit", async () => {
      const dues = [50, 20, 80, 10, 40, 70, 30, 60, 90];
      await createAll(table, dues.map(dueItem));
      await table.create(anItem("nothing to do"));
      expect(await table.overdue(60, 4)).toStrictEqual(
        [10, 20, 30, 40].map((due) => ({ pk: PK, sk: `d${due}`, due })),
      );
      expect((await table.overdue(60, 100)).map((key) => key.due)).toEqual([
        10, 20, 30, 40, 50, 60,
      ]);
    });

    test("follows a change of the mark, its removal, and the end of the item", async () => {
      await createAll(table, [1, 2, 3].map(dueItem));
      await table.replace({ ...anItem("d1"), due: 9 });
      await table.replace(anItem("d2"));
      await table.delete(anItem("d3"), 1);
      expect(await table.overdue(8, 10)).toEqual([]);
      expect(await table.overdue(9, 10)).toEqual([{ pk: PK, sk: "d1", due: 9 }]);
    });
  });
}

const PK = "partition";

const anItem = (sk = "item"): Item => ({ pk: PK, sk, version: 1 });

const dueItem = (due: number): Item => ({ ...anItem(`d${due}`), due });

async function createAll(table: Table, items: readonly Item[]): Promise<void> {
  for (const item of items) expect(await table.create(item)).toBe("ok");
}

/** The keys of all pages of a reading. */
async function drain<T>(
  read: (page: { readonly startAfter?: string }) => Promise<Page<T>>,
  name: keyof T,
): Promise<readonly unknown[]> {
  const keys: unknown[] = [];
  let page = await read({});
  keys.push(...page.items.map((item) => item[name]));
  while (page.next !== undefined) {
    page = await read({ startAfter: page.next });
    keys.push(...page.items.map((item) => item[name]));
  }
  return keys;
}

/** A table may freeze what it gives. */
function changeIfPossible(list: unknown): void {
  if (Array.isArray(list) && !Object.isFrozen(list)) list.push("added");
}
