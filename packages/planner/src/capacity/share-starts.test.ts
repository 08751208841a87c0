import type { ProviderShare } from "@berth/domain/capacity-provider";
import { aTask, instanceId } from "@berth/testing/builders";
import { aPlannedStart } from "@berth/testing/service-snapshots";
import { expect, test } from "vitest";
import type { Member } from "../service/census.ts";
import { shareStarts } from "./share-starts.ts";

const none = { kept: [], planned: [] };
const strategy: readonly ProviderShare[] = [
  { capacityProvider: "steady", base: 2, weight: 0, autoScalingGroup: "steady-group" },
  { capacityProvider: "spot", base: 0, weight: 1, autoScalingGroup: "spot-group" },
];

const aMember = (capacityProviderName: string | undefined): Member => ({
  task: aTask(capacityProviderName === undefined ? {} : { capacityProviderName }),
  condition: "HEALTHY",
});

test("without a strategy starts are as they are", () => {
  const batches = [{ count: 3 }];
  expect(shareStarts(batches, undefined, none)).toBe(batches);
});

test("each start is shared out once, whatever batch it is in, and the batches keep their places", () => {
  const here = { containerInstanceId: instanceId(1) };
  const there = { containerInstanceId: instanceId(2) };
  expect(
    shareStarts(
      [
        { ...here, count: 3 },
        { ...there, count: 2 },
      ],
      strategy,
      none,
    ),
  ).toEqual([
    { ...here, count: 2, capacityProvider: "steady" },
    { ...here, count: 1, capacityProvider: "spot" },
    { ...there, count: 2, capacityProvider: "spot" },
  ]);
});

test("what is there counts, whether it runs or is only decided, and what is of no provider does not", () => {
  const kept = [aMember("steady"), aMember(undefined)];
  const planned = [aPlannedStart(1, 1, { capacityProvider: "steady" }), aPlannedStart(1, 2)];
  expect(shareStarts([{ count: 2 }], strategy, { kept, planned })).toEqual([
    { count: 2, capacityProvider: "spot" },
  ]);
  expect(shareStarts([{ count: 2 }], strategy, { kept, planned: [] })).toEqual([
    { count: 1, capacityProvider: "steady" },
    { count: 1, capacityProvider: "spot" },
  ]);
});
