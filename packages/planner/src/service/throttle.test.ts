import { aDeployment, aTask } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { throttleStarts } from "./throttle.ts";

const settings = { throttleFirstDelayMs: 1_000, throttleMaxDelayMs: 3_000 };
const NOW = 10_000;

const failing = (...stoppedAt: readonly number[]) =>
  stoppedAt.map((at) => aTask({ createdAt: at - 10, stoppedAt: at, lastStatus: "STOPPED" }));

test("the last of several failures counts, and a task that ran later than one forgives it", () => {
  const deployment = aDeployment();
  expect(
    throttleStarts(deployment, { failed: failing(50, 90, 70), ranAt: 60, settings, now: NOW }),
  ).toEqual({
    ...deployment,
    lastFailedStartAt: 90,
    failedRounds: 1,
    throttledUntil: NOW + 1_000,
  });
  expect(throttleStarts(deployment, { failed: failing(50), ranAt: 60, settings, now: NOW })).toBe(
    deployment,
  );
});

test("one that is not known to have stopped failed now", () => {
  const failed = [aTask({ createdAt: 5 })];
  expect(
    throttleStarts(aDeployment(), { failed, ranAt: NOW - 1, settings, now: NOW }),
  ).toMatchObject({ lastFailedStartAt: NOW });
  expect(throttleStarts(aDeployment(), { failed, ranAt: NOW, settings, now: NOW })).toEqual(
    aDeployment(),
  );
});

test("a task that runs after the last failure ends the series", () => {
  const held = aDeployment({ failedRounds: 2, lastFailedStartAt: 500, throttledUntil: NOW + 1 });
  const results = { failed: [], settings, now: NOW };
  expect(throttleStarts(held, { ...results, ranAt: 499 })).toBe(held);
  expect(throttleStarts(held, { ...results, ranAt: 500 })).toEqual(aDeployment());
});
