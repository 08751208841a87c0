import { expect, test } from "vitest";
import { deathsInARow, restartDelayMs } from "./back-off.ts";

test("waits twice as long after each death in a row, up to ten seconds", () => {
  expect([1, 2, 3, 8, 9, 50].map(restartDelayMs)).toEqual([50, 100, 200, 6_400, 10_000, 10_000]);
});

test("a program that ran well for a while starts again at once", () => {
  expect(deathsInARow(7, 1_000)).toBe(8);
  expect(deathsInARow(7, 60_000)).toBe(1);
});
