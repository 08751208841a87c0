import { expect, test } from "vitest";
import { tellStanding } from "./standing-events.ts";

const HOUR = 3_600_000;
const NOW = 100 * HOUR;

test("what has been told keeps its time while it lasts, and is told again when six hours are over", () => {
  const lastTold = { early: NOW - 5 * HOUR, late: NOW - HOUR, over: NOW - 6 * HOUR, gone: 1 };
  expect(tellStanding(lastTold, ["early", "late", "over", "fresh"], NOW)).toEqual({
    lastTold: { early: NOW - 5 * HOUR, late: NOW - HOUR, over: NOW, fresh: NOW },
    news: new Set(["over", "fresh"]),
    tellAgainAt: NOW + HOUR,
  });
});

test("nothing holds, and nothing is to be told again", () => {
  expect(tellStanding({ gone: 1 }, [], NOW)).toEqual({ lastTold: {}, news: new Set() });
});
