import { expect, test, vi } from "vitest";
import { lineLog } from "../log.ts";
import type { Reading } from "./reading.ts";
import { Sampler, TICK_MS } from "./sampler.ts";

const log = lineLog("none", () => undefined);
const EVERY_MS = 10 * TICK_MS;

interface Call {
  readonly id: string;
  readonly signal: AbortSignal;
  answer(at: number): void;
  fail(): void;
}

/** An engine that answers when it is told to. */
function setUp(running: readonly string[], deadlineMs = 60_000) {
  const calls: Call[] = [];
  const read = (id: string, signal: AbortSignal): Promise<Reading> => {
    const { promise, resolve, reject } = Promise.withResolvers<Reading>();
    const storage = { readSizeBytes: 0, writeSizeBytes: 0 };
    const answer = (at: number) => resolve({ at, cpuNs: at * 1e6, memoryBytes: 0, storage });
    calls.push({ id, signal, answer, fail: () => reject(new Error("busy")) });
    return promise;
  };
  const containers = new Set(running);
  const sampler = new Sampler({
    read,
    running: () => containers,
    cpuUnits: 1_024,
    everyMs: EVERY_MS,
    deadlineMs,
    log,
  });
  const tickUntil = async (from: number, to: number, answers: (id: string) => boolean) => {
    for (let now = from; now <= to; now += TICK_MS) {
      sampler.tick(now);
      for (const call of calls.splice(0)) if (answers(call.id)) call.answer(now);
      await new Promise(setImmediate);
    }
  };
  return { sampler, calls, containers, tickUntil };
}

test("each container is read at once, soon again, and then at its own times", async () => {
  const { sampler, calls, tickUntil } = setUp(["a", "b"]);
  sampler.tick(0);
  expect(calls.map(({ id }) => id)).toEqual(["a", "b"]);
  for (const call of calls.splice(0)) call.answer(0);
  await new Promise(setImmediate);
  await tickUntil(TICK_MS, 2 * TICK_MS, () => true);
  expect(sampler.take("a")?.cpuStatsSet).toMatchObject({ sum: 100, sampleCount: 1 });
  expect(sampler.take("b")?.cpuStatsSet).toMatchObject({ sum: 100, sampleCount: 1 });
  await tickUntil(3 * TICK_MS, 32 * TICK_MS, () => true);
  expect(sampler.take("a")?.cpuStatsSet.sampleCount).toBe(3);
});

test("one that the engine does not answer for keeps no other waiting, and is asked once", async () => {
  const { sampler, calls, tickUntil } = setUp(["stuck", "b"]);
  sampler.tick(0);
  const [stuck] = calls;
  expect(stuck?.id).toBe("stuck");
  await tickUntil(TICK_MS, 30 * TICK_MS, (id) => id === "b");
  expect(sampler.take("b")?.cpuStatsSet.sampleCount).toBeGreaterThan(1);
  expect(sampler.take("stuck")).toBeUndefined();
});

test("a reading that takes too long is given up, and tried again at its next turn", async () => {
  const { sampler, calls } = setUp(["a"], 5);
  sampler.tick(0);
  await vi.waitFor(() => expect(calls[0]?.signal.aborted).toBe(true));
  await new Promise(setImmediate);
  sampler.tick(EVERY_MS);
  expect(calls).toHaveLength(2);
});

test("a failed reading is tried again, and what has stopped is forgotten", async () => {
  const { sampler, calls, containers, tickUntil } = setUp(["a"]);
  sampler.tick(0);
  calls[0]?.fail();
  await new Promise(setImmediate);
  calls.length = 0;
  await tickUntil(TICK_MS, 12 * TICK_MS, () => true);
  expect(sampler.take("a")).toBeDefined();
  containers.clear();
  sampler.tick(13 * TICK_MS);
  containers.add("a");
  await tickUntil(14 * TICK_MS, 14 * TICK_MS, () => true);
  expect(sampler.take("a")).toBeUndefined();
});
