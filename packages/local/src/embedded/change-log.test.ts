import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import type { Table } from "@berth/store/table";
import database from "dynalite/db/index.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ChangeStream, createChangeStream } from "../changes/stream-client.ts";
import { SupervisedProcess } from "../supervisor/supervised-process.ts";
import { ChangeLog, type ChangeRecord } from "./change-log.ts";
import { socketClientConfig } from "./socket-client.ts";

const identity = {
  region: "us-east-1",
  credentials: { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" },
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-changes-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const item = (sk: string, version: number, members: object = {}) => ({
  pk: "tasks#default",
  sk,
  version,
  ...members,
});

/** Event, key and versions before and after, of a record. */
function brief({ eventName, dynamodb }: ChangeRecord): string {
  const versionOf = (image: { readonly version?: { readonly N: string } } | undefined) =>
    image?.version?.N ?? "-";
  const { Keys, OldImage, NewImage } = dynamodb;
  const { sk } = Keys as { sk: { S: string } };
  return `${eventName} ${sk.S} ${versionOf(OldImage)}>${versionOf(NewImage)}`;
}

describe("the changes of the embedded table", () => {
  let program: SupervisedProcess;
  let client: DynamoDBClient;
  let table: Table;
  let stream: ChangeStream;

  beforeEach(async () => {
    const socketPath = join(directory, "dynamodb.sock");
    program = new SupervisedProcess({
      name: "dynamodb",
      program: fileURLToPath(new URL("./dynamodb-program.ts", import.meta.url)),
      args: [join(directory, "data"), socketPath],
      env: {},
      logFile: join(directory, "dynamodb.log"),
      onChange: () => undefined,
    });
    await program.start();
    client = new DynamoDBClient(socketClientConfig(socketPath, identity));
    await ensureTable(client, "berth");
    table = createDynamoTable({ client, tableName: "berth" });
    stream = createChangeStream(socketPath);
  });
  afterEach(async () => {
    stream.close();
    client.destroy();
    await program.stop();
  });

  const changes = async (after?: string, limit = 1_000) => {
    const records = await stream.read(after, limit);
    if (records === "trimmed") throw new Error("trimmed");
    return records;
  };

  test("are there in order, with the item before and after", async () => {
    await table.create(item("a", 1));
    await table.replace(item("a", 1));
    await table.create(item("b", 1));
    await table.replace(item("a", 2));
    const records = await changes();
    expect(records.map(brief)).toEqual([
      "INSERT a ->1",
      "MODIFY a 1>2",
      "INSERT b ->1",
      "MODIFY a 2>3",
    ]);
    const [, second] = records;
    const rest = await changes(second?.dynamodb.SequenceNumber);
    expect(rest.map(brief)).toEqual(["INSERT b ->1", "MODIFY a 2>3"]);
    expect((await changes(undefined, 1)).map(brief)).toEqual(["INSERT a ->1"]);
  });

  test("have an end, after which come those that are written later", async () => {
    expect(await stream.end()).toBe("0");
    await table.create(item("a", 1));
    const end = await stream.end();
    await table.create(item("b", 1));
    expect((await changes(end)).map(brief)).toEqual(["INSERT b ->1"]);
  });

  test("are none where a write is refused, or of what nobody is told", async () => {
    await table.create(item("a", 1));
    expect(await table.create(item("a", 1))).toBe("conflict");
    expect(await table.replace(item("a", 7))).toBe("conflict");
    await table.create({ pk: "sessions#default", sk: "s", version: 1 });
    await table.delete(item("a", 1), 1);
    expect((await changes()).map(brief)).toEqual(["INSERT a ->1"]);
  });

  test("are complete after kill -9 in the midst of writing: one for every write that was taken", async () => {
    const acknowledged: string[] = [];
    const over = new AbortController();
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      const sk = `writer-${writer}`;
      let { version } = item(sk, 1);
      await table.create(item(sk, version));
      acknowledged.push(`${sk} 1`);
      while (!over.signal.aborted) {
        const outcome = await table.replace(item(sk, version, { text: "x".repeat(500) }));
        // A write whose answer was lost with the process is a conflict with itself.
        const stored = outcome === "ok" ? undefined : await table.get(item(sk, 1));
        version = stored?.version ?? version + 1;
        acknowledged.push(`${sk} ${version}`);
      }
    });
    for (let kills = 1; kills <= 3; kills += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      process.kill(program.entry().pid ?? 0, "SIGKILL");
      await vi.waitFor(() => expect(program.entry().restarts).toBe(kills), 10_000);
    }
    over.abort();
    await Promise.all(writers);

    const told: string[] = [];
    for (let after: string | undefined; ;) {
      const records = await changes(after);
      if (records.length === 0) break;
      after = records.at(-1)?.dynamodb.SequenceNumber;
      told.push(...records.map((record) => brief(record).replace(/^\w+ (\S+) .*>/, "$1 ")));
    }
    expect(new Set(told).size).toBe(told.length);
    expect(acknowledged.filter((write) => !told.includes(write))).toEqual([]);
    for (const writer of writers.keys()) {
      const stored = await table.get(item(`writer-${writer}`, 1));
      const own = told.filter((write) => write.startsWith(`writer-${writer} `));
      // Every version once, in order, up to the one that is stored.
      expect(own).toEqual(own.map((_, index) => `writer-${writer} ${index + 1}`));
      expect(own.length).toBe(stored?.version);
    }
  });
});

describe("a change log", () => {
  const open = async (capacity = 10) => {
    const store = database.create({ path: join(directory, "level"), createTableMs: 0 });
    await store.db.open();
    const log = await ChangeLog.open(store, { isHeard: () => true, capacity });
    const write = async (sk: string) =>
      new Promise<void>((resolve, reject) => {
        const value = { pk: { S: "tasks#default" }, sk: { S: sk } };
        store.db.put(`item-berth~${sk}`, value, (error) =>
          error instanceof Error ? reject(error) : resolve(),
        );
      });
    return { log, write, close: async () => store.db.close() };
  };

  test("forgets the oldest, says so to who asks for them, and goes on counting after a restart", async () => {
    const first = await open();
    for (let count = 1; count <= 35; count += 1) await first.write(`task-${count}`);
    await vi.waitFor(async () => expect(await first.log.read(0, 100)).toHaveLength(15));
    expect(await first.log.read(19, 100)).toBeUndefined();
    expect(await first.log.read(20, 100)).toHaveLength(15);
    expect(await first.log.read(35, 100)).toEqual([]);
    await first.close();

    const second = await open();
    expect(await second.log.read(19, 100)).toBeUndefined();
    await second.write("one-more");
    const [record] = (await second.log.read(35, 100)) ?? [];
    expect(record?.dynamodb.SequenceNumber).toBe("36");
    await second.close();
  });

  test("has writes that come too late refused, not thrown", async () => {
    const { write, close } = await open();
    const closing = close();
    await expect(write("too-late")).rejects.toThrow(/Database is/);
    await closing;
  });

  test("answers that changes are gone to who has seen more than there is", async () => {
    const { log, close } = await open();
    expect(await log.read(5, 100)).toBeUndefined();
    await close();
  });

  test("never shows a change before one that came earlier and is still being written", async () => {
    const { log, write, close } = await open(1_000);
    const writes = Array.from({ length: 50 }, async (_, count) => write(`task-${count}`));
    let seen = 0;
    while (seen < 50) {
      const records = (await log.read(seen, 100)) ?? [];
      expect(records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber))).toEqual(
        records.map((_, index) => seen + index + 1),
      );
      seen += records.length;
    }
    await Promise.all(writes);
    await close();
  });
});
