import { expect, test } from "vitest";
import { risingClock } from "./rising-clock.ts";

test("says the time, and something later where it has said that before", () => {
  const times = [100, 100, 100, 101, 200, 150, 201].values();
  const next = risingClock(() => times.next().value ?? 0);
  expect(Array.from({ length: 7 }, next)).toEqual([100, 101, 102, 103, 200, 201, 202]);
});
