import type { Task } from "@berth/domain/task";
import { aLedger, anInstance, aReservation, taskId } from "@berth/testing/builders";
import { type DynaliteServer, startDynalite } from "@berth/testing/dynalite-server";
import { aTypicalStoppedTask, aTypicalTask } from "@berth/testing/typical-state";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createStore } from "../create-store.ts";
import { ledgerKey, taskKey } from "../keys.ts";
import { createMemoryTable } from "../memory/table.ts";
import type { Item, Key } from "../table.ts";
import { createDynamoClient } from "./client.ts";
import { itemSize } from "./item-size.ts";
import { ensureTable } from "./schema.ts";
import type { Send } from "./send.ts";
import { createSend } from "./send.ts";
import { toAttributes } from "./item-format.ts";

const KIB = 1_024;

const AT = Date.UTC(2026, 10, 20, 12, 34, 56, 789);
const byUser = {
  kind: "api",
  operation: "StopTask",
  requestId: "0b5cbb5d-24e1-4d2b-9d4b-1f4c0a3d2e11",
  principalArn: "arn:aws:iam::123456789012:user/team/deployer",
} as const;
const stoppedByUser: Task = {
  ...aTypicalStoppedTask(),
  stopCode: "UserInitiated",
  stoppedReason: "Task stopped by user",
  history: [
    ...aTypicalTask().history,
    { at: AT, to: "desired STOPPED", cause: byUser },
    { at: AT, to: "STOPPED", cause: { kind: "agent" } },
  ],
};

/** Its instance drained because somebody had asked for that. */
const stoppedByDrain: Task = {
  ...aTypicalStoppedTask(),
  draining: true,
  history: [
    ...aTypicalStoppedTask().history,
    { at: AT, to: "draining", cause: { ...byUser, operation: "UpdateContainerInstancesState" } },
  ],
};

describe("in the table", () => {
  const table = createMemoryTable();
  const { tasks, instances } = createStore(table, { historyMs: 60_000, now: () => 0 });

  const sizeOf = async (key: Key) => {
    const item = await table.get(key);
    /** As `toAttributes` stores it: with its shard. */
    return item && itemSize(item.due === undefined ? item : { ...item, dueShard: "0" });
  };

  test.each<{ name: string; cluster: string; task: Task & { readonly due?: number } }>([
    { name: "a RUNNING service task", cluster: "production-0", task: aTypicalTask() },
    {
      name: "one to be told to its agent",
      cluster: "production-1",
      task: { ...aTypicalTask(), due: 1_763_700_000_000 },
    },
    {
      name: "one that is protected",
      cluster: "production-3",
      task: aTypicalTask({ protectedUntil: 1_763_700_000_000 }),
    },
    { name: "one that a deployment stopped", cluster: "production-2", task: aTypicalStoppedTask() },
    { name: "one that a user stopped", cluster: "production-3", task: stoppedByUser },
    { name: "one that had to go", cluster: "production-4", task: stoppedByDrain },
  ])("$name with one container is below 1 KiB", async ({ cluster, task }) => {
    await tasks.create({ ...task, cluster });
    expect(await sizeOf(taskKey(cluster, task.id))).toBeLessThan(KIB);
  });

  test("a reservation takes about 50 bytes of its instance's ledger", async () => {
    const reservations = Object.fromEntries(
      Array.from({ length: 100 }, (_, number) => [
        taskId("service:web", number),
        aReservation({ cpuUnits: 256, memoryMiB: 512, reservedAt: 1_763_700_000_000 }),
      ]),
    );
    await instances.create(anInstance(), aLedger({ reservations }));
    const { cluster, id } = aLedger();
    expect(await sizeOf(ledgerKey(cluster, id))).toBeLessThan(100 * 50 + 250);
  });
});

describe("the size of an item", () => {
  let server: DynaliteServer;
  let send: Send;
  beforeAll(async () => {
    server = await startDynalite();
    const client = createDynamoClient({
      endpoint: server.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    });
    await ensureTable(client, "sizes");
    send = createSend(client);
  });
  afterAll(() => server.close());

  test("counts text by bytes", () => {
    expect(itemSize({ pk: "é€😀" })).toBe("pk".length + 2 + 3 + 4);
  });

  /**
   * Makes the item so long that it costs one unit and, by one byte more, two. Of ASCII only: for the
   * rest DynamoDB counts bytes, the embedded server characters.
   */
  test("is what the server counts", async () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, false),
        fc.integer(),
        fc.integer({ min: -1_000, max: 1_000 }).map((each) => each / 8),
        fc.string({ maxLength: 9 }),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 9 }), tie("value"), { maxKeys: 3 }),
      ),
    }));
    const counted = fc.asyncProperty(value, async (value) => {
      const item = { pk: "p", sk: "s", version: 1, value, padding: "" };
      const room = KIB - itemSize(item);
      expect(room).toBeGreaterThan(0);
      expect(await unitsOf({ ...item, padding: "x".repeat(room) })).toBe(1);
      expect(await unitsOf({ ...item, padding: "x".repeat(room + 1) })).toBe(2);
    });
    await fc.assert(counted, { numRuns: 100 });
  });

  async function unitsOf(item: Item): Promise<number | undefined> {
    await send("DeleteItem", { TableName: "sizes", Key: { pk: { S: "p" }, sk: { S: "s" } } });
    const output = await send("PutItem", {
      TableName: "sizes",
      Item: toAttributes(item, 1),
      ReturnConsumedCapacity: "TOTAL",
    });
    return output.ConsumedCapacity?.CapacityUnits;
  }
});
