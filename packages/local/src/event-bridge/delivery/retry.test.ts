import { expect, test } from "vitest";
import { nextAttempt } from "./retry.ts";

const MINUTE = 60_000;

test.each([
  [0, 1_000],
  [1, 2_000],
  [5, 32_000],
  [10, 10 * MINUTE],
  [184, 10 * MINUTE],
])("after %i failures before, the pause is %i ms, or down to half of it", (attempts, pause) => {
  const at = (random: number) =>
    nextAttempt({ takenAt: 0, attempts }, undefined, { now: 5, random });
  expect(at(0)).toBe(5 + pause);
  expect(at(1)).toBe(5 + pause / 2);
});

test.each([
  ["185 tries again", { takenAt: 0, attempts: 185 }, undefined, 0],
  ["as many as it wants", { takenAt: 0, attempts: 2 }, { MaximumRetryAttempts: 2 }, 0],
  ["none", { takenAt: 0, attempts: 0 }, { MaximumRetryAttempts: 0 }, 0],
  ["a day", { takenAt: 0, attempts: 3 }, undefined, 24 * 60 * MINUTE],
  ["its own age", { takenAt: 0, attempts: 0 }, { MaximumEventAgeInSeconds: 60 }, MINUTE - 999],
])("after %s it is over", (_, delivery, policy, now) => {
  expect(nextAttempt(delivery, policy, { now, random: 0 })).toBeUndefined();
});

test("up to its age it is tried", () => {
  const policy = { MaximumEventAgeInSeconds: 60 };
  const now = MINUTE - 1_000;
  expect(nextAttempt({ takenAt: 0, attempts: 0 }, policy, { now, random: 0 })).toBe(MINUTE);
});
