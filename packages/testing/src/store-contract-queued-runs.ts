import type { QueuedRun } from "@berth/domain/queued-run";
import { beforeEach, expect, test } from "vitest";
import { aQueuedRun, taskId } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

const CLUSTER = "default";

const runId = (number: number): string => number.toString(16).padStart(32, "0");

/** Part of the store's contract. */
export function describeQueuedRuns(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  const create = (number: number, overrides: Partial<QueuedRun> = {}) =>
    world.store.queuedRuns.create(aQueuedRun({ id: runId(number), ...overrides }));
  const change = async (number: number, overrides: Partial<QueuedRun>) => {
    const { queuedRuns } = world.store;
    const read = there(await queuedRuns.find(CLUSTER, runId(number)));
    expect(await queuedRuns.replace({ ...read, ...overrides })).toBe("ok");
  };
  const waiting = async (limit = 10) =>
    (await world.store.queuedRuns.oldestWaiting(CLUSTER, limit)).map(({ id }) => id);

  test("a run is read as it was created, once", async () => {
    const { queuedRuns } = world.store;
    const run = aQueuedRun({
      overrides: { containerOverrides: [{ name: "main", command: ["sleep", "1"] }] },
      tags: [{ key: "team", value: "a" }],
      unplacedTaskIds: [taskId("family:web", 2)],
      latestTry: { since: 5, refusals: [{ reason: "AGENT", detail: "agent: away" }] },
    });
    expect(await queuedRuns.find(CLUSTER, run.id)).toBeUndefined();
    expect(await queuedRuns.create({ ...run, due: 4 })).toBe("ok");
    expect(await queuedRuns.create(aQueuedRun())).toBe("conflict");
    const stored = { ...run, version: 1, due: 4 };
    expect(await queuedRuns.find(CLUSTER, run.id)).toStrictEqual(stored);
    expect(await queuedRuns.oldestWaiting(CLUSTER, 1)).toStrictEqual([stored]);
    expect(await queuedRuns.find("another", run.id)).toBeUndefined();
  });

  test("those that wait are listed from the oldest on, and no other", async () => {
    await create(1, { queuedAt: 30 });
    await create(2, { queuedAt: 10 });
    await create(3, { queuedAt: 200 });
    await create(4, { queuedAt: 5, cluster: "another" });
    expect(await waiting()).toEqual([runId(2), runId(1), runId(3)]);
    expect(await waiting(2)).toEqual([runId(2), runId(1)]);
    const wanting = async (most: number) =>
      (await world.store.wantingCapacity(CLUSTER, most)).runs.map(({ id }) => id);
    expect(await wanting(9)).toEqual([runId(2), runId(1), runId(3)]);
    expect(await wanting(2)).toEqual([runId(2), runId(1)]);
    await change(2, { status: "CANCELLING" });
    await change(3, { status: "PLACED", endedAt: world.now });
    expect(await waiting()).toEqual([runId(1)]);
  });

  test("one that ended can be read for a while; one that waits is never forgotten", async () => {
    await create(1);
    await create(2);
    await change(2, { status: "EXPIRED", endedAt: world.now });
    expect(await world.store.queuedRuns.find(CLUSTER, runId(2))).toMatchObject({
      status: "EXPIRED",
    });
    world.passHistory();
    expect(await world.store.queuedRuns.find(CLUSTER, runId(2))).toBeUndefined();
    expect(await world.store.queuedRuns.find(CLUSTER, runId(1))).toBeDefined();
  });

  test("pages go by id, whether they wait or not", async () => {
    for (const number of [3, 1, 2]) await create(number);
    await create(4, { status: "CANCELLED", endedAt: world.now });
    const read = await drainPages((page) => world.store.queuedRuns.page(CLUSTER, page));
    expect(read.map(({ id }) => id)).toEqual([1, 2, 3, 4].map(runId));
  });

  test("whoever wrote last without having read loses", async () => {
    const { queuedRuns } = world.store;
    await create(1);
    const read = there(await queuedRuns.find(CLUSTER, runId(1)));
    expect(await queuedRuns.replace({ ...read, status: "CANCELLING" })).toBe("ok");
    expect(await queuedRuns.replace({ ...read, unplacedTaskIds: [] })).toBe("conflict");
  });
}
