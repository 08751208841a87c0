import { expect, test } from "vitest";
import { parseDurationMs } from "./duration.ts";

test.each([
  ["30s", 30_000],
  ["1h15m", 4_500_000],
  ["1.5h", 5_400_000],
  ["250ms", 250],
  [".5s", 500],
  ["0", 0],
  ["2h45m0.5s", 9_900_500],
])("reads %s", (text, expected) => {
  expect(parseDurationMs(text)).toBe(expected);
});

test.each(["", "30", "s", "-5s", "1d", "5s ", "1h x", "five"])("refuses %j", (text) => {
  expect(parseDurationMs(text)).toBeUndefined();
});
