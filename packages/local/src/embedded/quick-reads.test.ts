import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import database from "dynalite/db/index.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readQuickly } from "./quick-reads.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-reads-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function aDatabase() {
  const store = database.create({ path: join(directory, "level"), createTableMs: 0 });
  await store.db.open();
  readQuickly(store);
  const { db } = store;
  const get = (key: string) =>
    new Promise<unknown>((resolve, reject) => {
      db.get(key, (error, value) => (error instanceof Error ? reject(error) : resolve(value)));
    });
  return { db, get };
}

test("tells a key that is not there by the name of the error, as dynalite expects", async () => {
  const { db, get } = await aDatabase();
  await expect(get("none")).rejects.toMatchObject({ name: "NotFoundError" });
  await db.close();
});

test("answers what comes too late with an error, and throws nothing", async () => {
  const { db, get } = await aDatabase();
  await db.close();
  await expect(get("key")).rejects.toThrow("Database is not open");
  const stream = db.createValueStream({});
  stream.on("data", () => undefined);
  const [error] = (await once(stream, "error")) as [Error];
  expect(error.message).toBe("Database is not open");
});
