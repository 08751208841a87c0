import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Slots } from "./slots.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const twoSlots = (onFree = () => undefined) => new Slots(2, { holdMs: 1_000, onFree });

test("has room for so many, and for another one after each that is done", () => {
  const slots = twoSlots();
  const done = slots.take();
  expect([slots.take(), slots.take()]).toEqual([expect.any(Function), undefined]);
  done?.();
  expect(slots.take()).toBeDefined();
  expect(slots.take()).toBeUndefined();
});

test("does not let those that are stuck keep the others waiting", () => {
  const onFree = vi.fn<() => undefined>();
  const slots = twoSlots(onFree);
  const stuck = [slots.take(), slots.take()];
  vi.advanceTimersByTime(1_000);
  expect(onFree).toHaveBeenCalledTimes(2);
  expect([slots.take(), slots.take(), slots.take()].at(-1)).toBeUndefined();
  // Those that come to an end after all had given their places back before.
  for (const release of stuck) release?.();
  expect(slots.take()).toBeUndefined();
});
