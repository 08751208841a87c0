import { type DynaliteServer, startDynalite } from "@berth/testing/dynalite-server";
import { describeTable } from "@berth/testing/table-contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDynamoClient } from "./client.ts";
import { ensureTable } from "./schema.ts";
import { createDynamoTable } from "./table.ts";

const identity = {
  region: "us-east-1",
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
};

describe("the table in DynamoDB", () => {
  let server: DynaliteServer;
  let tables = 0;

  beforeAll(async () => {
    server = await startDynalite();
  });
  afterAll(() => server.close());

  async function makeTable() {
    const client = createDynamoClient({ endpoint: server.endpoint, ...identity });
    tables += 1;
    const tableName = `contract-${tables}`;
    await ensureTable(client, tableName);
    return createDynamoTable({ client, tableName });
  }

  describeTable(makeTable);

  test("is made once: making it again changes nothing", async () => {
    const client = createDynamoClient({ endpoint: server.endpoint, ...identity });
    await ensureTable(client, "made-twice");
    const table = createDynamoTable({ client, tableName: "made-twice" });
    await table.create({ pk: "p", sk: "s", version: 1 });
    await ensureTable(client, "made-twice");
    expect(await table.get({ pk: "p", sk: "s" })).toBeDefined();
  });

  test("reads over the page boundary of 1 MB", async () => {
    const table = await makeTable();
    const text = "x".repeat(300_000);
    for (const sk of ["1", "2", "3", "4", "5"])
      await table.create({ pk: "p", sk, version: 1, text });
    const first = await table.query("p");
    expect(first.items.length).toBeLessThan(5);
    const second = await table.query("p", { startAfter: first.next ?? "" });
    expect([...first.items, ...second.items].map((item) => item.sk)).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
    ]);
    const keys = ["1", "2", "3", "4", "5"].map((sk) => ({ pk: "p", sk }));
    expect(await table.getMany(keys)).toHaveLength(5);
  });
});
