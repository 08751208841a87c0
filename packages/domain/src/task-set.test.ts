import { describe, expect, test } from "vitest";
import { computedDesiredCount, countAtScale, drainedTaskSet, wantedCount } from "./task-set.ts";
import { aTaskSet } from "@berth/testing/task-sets";

describe("a scale is a share of the desired count, rounded up", () => {
  test.each([
    [0, 100, 0],
    [4, 0, 0],
    [4, 100, 4],
    [4, 25, 1],
    [4, 26, 2],
    [4, 0.1, 1],
    [10, 12, 2],
    [3, 33.4, 2],
    [5_000, 100, 5_000],
  ])("%i at %d %% are %i", (desiredCount, scale, expected) => {
    expect(countAtScale(desiredCount, scale)).toBe(expected);
  });

  test.each([
    [1_100, 57, 627],
    [2_500, 4.4, 110],
    [4_500, 2.2, 99],
    [700, 1, 7],
  ])(
    "%i at %d %% are %i: the error of a product makes no task",
    (desiredCount, scale, expected) => {
      expect(countAtScale(desiredCount, scale)).toBe(expected);
    },
  );
});

test("every share that is whole comes out whole", () => {
  for (let desiredCount = 1; desiredCount <= 5_000; desiredCount += 1) {
    for (const wanted of [1, Math.ceil(desiredCount / 3), desiredCount]) {
      expect(countAtScale(desiredCount, (wanted * 100) / desiredCount)).toBe(wanted);
    }
  }
});

test("a set that drains shall have no tasks", () => {
  const set = drainedTaskSet(aTaskSet(1, { scale: 50 }), 7);
  expect(set).toMatchObject({ status: "DRAINING", scale: 50, updatedAt: 7, stabilityStatusAt: 7 });
  expect(computedDesiredCount({ desiredCount: 4 }, set)).toBe(0);
  expect(computedDesiredCount({ desiredCount: 4 }, aTaskSet(1, { scale: 50 }))).toBe(2);
});

test("a service shall have what all its sets shall have", () => {
  const taskSets = [aTaskSet(1), aTaskSet(2, { scale: 50 }), aTaskSet(3, { status: "DRAINING" })];
  expect(wantedCount({ desiredCount: 4, taskSets })).toBe(6);
  expect(wantedCount({ desiredCount: 4, taskSets: [] })).toBe(0);
  expect(wantedCount({ desiredCount: 4 })).toBe(4);
});
