import type { PlacementDecision } from "@berth/domain/task-placement";
import { describe, expect, test } from "vitest";
import { LAST } from "../placement/rank.ts";
import { describePlacement } from "./placement-text.ts";

const describeDecision = (overrides: Partial<PlacementDecision>) =>
  describePlacement({
    kind: "chosen",
    considered: 3,
    rejected: {},
    by: [],
    scores: [],
    isDrawn: false,
    ...overrides,
  });

describe("which instances were there", () => {
  test.each<[Partial<PlacementDecision>, string]>([
    [{}, "All 3 ACTIVE container instances could take it."],
    [{ considered: 1 }, "The only ACTIVE container instance could take it."],
    [
      {
        considered: 10_000,
        rejected: { AGENT: 3, "DistinctInstance placement constraint unsatisfied.": 20 },
      },
      "Of 10000 ACTIVE container instances 9977 could take it, and 23 could not: 20 DistinctInstance placement constraint unsatisfied, 3 AGENT.",
    ],
  ])("%j", (decision, text) => {
    expect(describeDecision(decision)[0]).toBe(text);
  });
});

describe("what chose among them", () => {
  test.each<[Partial<PlacementDecision>, string]>([
    [{}, "There was no other one to choose."],
    [{ isDrawn: true }, "It was drawn from these."],
    [
      { by: ["spread(attribute:zone)", "binpack(memory)"], scores: [1, 824] },
      "It was the best by spread(attribute:zone) with 1 task of its group under its value, then binpack(memory) with 824 MiB left.",
    ],
    [
      { by: ["binpack(cpu)", "spread(instanceId)"], scores: [96, 0], isDrawn: true },
      "It was the best by binpack(cpu) with 96 CPU units left, then spread(instanceId) with 0 tasks of its group on it; among those equal it was drawn.",
    ],
    [
      { by: ["spread(attribute:rack)"], scores: [LAST + 2] },
      "It was the best by spread(attribute:rack) with no such attribute and 2 tasks of its group where there is none.",
    ],
  ])("%j", (decision, text) => {
    expect(describeDecision(decision)[1]).toBe(text);
  });
});

test("a place that placement did not choose", () => {
  expect(describePlacement({ kind: "named" })).toEqual([
    "Its place was named by the caller of StartTask.",
  ]);
  expect(describePlacement({ kind: "daemon" })).toEqual([
    "Its service is a DAEMON: it has one task on every container instance that suits it.",
  ]);
  expect(describePlacement(undefined)).toEqual([
    "It took up a place that an earlier try had reserved.",
  ]);
});
