import { setTimeout as delay } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { startSchedule } from "./schedule.ts";

test("works at once, again and again, also after work that failed", async () => {
  let runs = 0;
  const errors: unknown[] = [];
  const schedule = startSchedule({
    intervalMs: 1,
    work: async () => {
      runs += 1;
      if (runs === 1) throw new Error("first");
    },
    onError: (error) => errors.push(error),
  });
  await vi.waitFor(() => expect(runs).toBeGreaterThan(3));
  await schedule.stop();
  expect(errors).toHaveLength(1);
});

test("stop does not wait for the interval, but for the work", async () => {
  let finished = false;
  const schedule = startSchedule({
    intervalMs: 3_600_000,
    work: async () => {
      await delay(50);
      finished = true;
    },
    onError: () => undefined,
  });
  await schedule.stop();
  expect(finished).toBe(true);
});
