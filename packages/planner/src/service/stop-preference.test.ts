import type { PlacementStrategy } from "@berth/domain/service";
import { aTask, instanceId, taskId, taskNumber } from "@berth/testing/builders";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Member } from "./census.ts";
import { dependsOnSites, stopOrder } from "./stop-preference.ts";
import type { StopSites } from "./stop-preference.ts";
import { strategyOf } from "./strategy-of.ts";

const aMember = (
  number: number,
  place: { readonly zone?: string; readonly instance?: number; readonly createdAt?: number } = {},
  condition: Member["condition"] = "HEALTHY",
): Member => ({
  condition,
  task: aTask({
    id: taskId("service:web", number),
    containerInstanceId: instanceId(place.instance ?? number),
    createdAt: place.createdAt ?? 0,
    ...(place.zone !== undefined && { availabilityZone: place.zone }),
  }),
});

const inStopOrder = stopOrder(strategyOf({ placementStrategy: [] }), {});

const numbers = (members: Iterable<Member>) => [...members].map(({ task }) => taskNumber(task.id));

describe("stop order", () => {
  test.each([
    {
      name: "those that serve least go first",
      members: [
        aMember(1),
        aMember(2, {}, "WARMING"),
        aMember(3, {}, "UNHEALTHY"),
        aMember(4, {}, "PENDING"),
      ],
      expected: [4, 3, 2, 1],
    },
    {
      name: "the fullest zone gives first, again after each stop",
      members: [
        aMember(1, { zone: "a" }),
        aMember(2, { zone: "b" }),
        aMember(3, { zone: "b" }),
        aMember(4, { zone: "b" }),
      ],
      expected: [2, 3, 1, 4],
    },
    {
      name: "then the fullest instance",
      members: [
        aMember(1, { zone: "a", instance: 1 }),
        aMember(2, { zone: "a", instance: 2 }),
        aMember(3, { zone: "a", instance: 2 }),
      ],
      expected: [2, 1, 3],
    },
    {
      name: "then the oldest, then the lowest id",
      members: [
        aMember(3, { createdAt: 1 }),
        aMember(2, { createdAt: 2 }),
        aMember(1, { createdAt: 2 }),
      ],
      expected: [3, 1, 2],
    },
  ])("$name", ({ members, expected }) => {
    expect(numbers(inStopOrder(members))).toEqual(expected);
  });

  test("counts those that may not be stopped where most are", () => {
    const fixed = [aMember(1, { zone: "a" }), aMember(2, { zone: "a" })];
    const candidates = [aMember(3, { zone: "b" }), aMember(4, { zone: "a" })];
    expect(numbers(inStopOrder(candidates, [...fixed, ...candidates]))).toEqual([4, 3]);
  });

  test("keeps the zones of what stays within one task of each other", () => {
    const zones = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(zones, fc.nat(12), (given, stopCount) => {
        const members = given.map((zone, index) => aMember(index, { zone, instance: 1 }));
        const stopped = new Set(inStopOrder(members).take(stopCount));
        const stopsOf = (zone: string) =>
          [...stopped].filter(({ task }) => task.availabilityZone === zone).length;
        const staysIn = (zone: string) =>
          given.filter((each) => each === zone).length - stopsOf(zone);
        const fullest = Math.max(...["a", "b", "c"].map(staysIn));
        for (const zone of ["a", "b", "c"].filter((each) => stopsOf(each) > 0)) {
          expect(staysIn(zone)).toBeGreaterThanOrEqual(fullest - 1);
        }
      }),
    );
  });
});

/** Members 1 and 2 on instance 1, member 3 on instance 2, member 4 on instance 3, in zones a, a, b, b. */
const members = [
  aMember(1, { zone: "a", instance: 1, createdAt: 4 }),
  aMember(2, { zone: "a", instance: 1, createdAt: 3 }),
  aMember(3, { zone: "b", instance: 2, createdAt: 2 }),
  aMember(4, { zone: "b", instance: 3, createdAt: 1 }),
];

/** What is left of each instance, with cpu and memory at odds. Each task has 128 of both. */
const sites: StopSites = {
  [instanceId(1)]: { cpuUnits: 100, memoryMiB: 50, attributes: new Map([["rack", "x"]]) },
  [instanceId(2)]: { cpuUnits: 200, memoryMiB: 20, attributes: new Map([["rack", "y"]]) },
  [instanceId(3)]: { cpuUnits: 50, memoryMiB: 40, attributes: new Map([["rack", "y"]]) },
};

describe("the order of each strategy", () => {
  test.each<{ name: string; strategy: readonly PlacementStrategy[]; expected: readonly number[] }>([
    {
      name: "binpack on cpu empties the instance with most left",
      strategy: [{ type: "binpack", field: "cpu" }],
      expected: [3, 2, 1, 4],
    },
    {
      name: "binpack on memory",
      strategy: [{ type: "binpack", field: "memory" }],
      expected: [2, 1, 4, 3],
    },
    {
      name: "spread over an attribute of the instances",
      strategy: [{ type: "spread", field: "attribute:rack" }],
      expected: [2, 4, 3, 1],
    },
    {
      name: "spread over instances",
      strategy: [{ type: "spread", field: "instanceId" }],
      expected: [2, 4, 3, 1],
    },
    {
      name: "spread over hosts, as the same",
      strategy: [{ type: "spread", field: "host" }],
      expected: [2, 4, 3, 1],
    },
    {
      name: "a later step decides between equals of an earlier one",
      strategy: [
        { type: "spread", field: "attribute:ecs.availability-zone" },
        { type: "binpack", field: "memory" },
      ],
      expected: [2, 4, 1, 3],
    },
    { name: "random takes the oldest", strategy: [{ type: "random" }], expected: [4, 3, 2, 1] },
  ])("$name", ({ strategy, expected }) => {
    expect(numbers(stopOrder(strategy, sites)(members))).toEqual(expected);
  });

  test("spread over an attribute takes from the value with most, wherever the oldest is", () => {
    const racks = { 1: "x", 2: "y", 3: "y" } as const;
    const inRacks = Object.fromEntries(
      Object.entries(racks).map(([number, rack]) => [
        instanceId(Number(number)),
        { cpuUnits: 0, memoryMiB: 0, attributes: new Map([["rack", rack]]) },
      ]),
    );
    const three = [1, 2, 3].map((number) => aMember(number, { createdAt: number }));
    const order = stopOrder([{ type: "spread", field: "attribute:rack" }], inRacks);
    expect(numbers(order(three))).toEqual([2, 1, 3]);
  });

  test("binpack empties an instance once it has begun to", () => {
    const two = [1, 1, 2, 2].map((instance, index) => aMember(index + 1, { instance }));
    const attributes = new Map<string, string>();
    const halfFull: StopSites = {
      [instanceId(1)]: { cpuUnits: 200, memoryMiB: 0, attributes },
      [instanceId(2)]: { cpuUnits: 250, memoryMiB: 0, attributes },
    };
    const order = stopOrder([{ type: "binpack", field: "cpu" }], halfFull);
    expect(numbers(order(two))).toEqual([3, 4, 1, 2]);
  });

  test("without knowing the instances, binpack takes from what it knows", () => {
    expect(numbers(stopOrder([{ type: "binpack", field: "cpu" }], {})(members))).toHaveLength(4);
  });

  test.each<{ strategy: readonly PlacementStrategy[]; expected: boolean }>([
    { strategy: [], expected: false },
    { strategy: strategyOf({ placementStrategy: [] }), expected: false },
    { strategy: [{ type: "random" }], expected: false },
    { strategy: [{ type: "spread", field: "host" }], expected: false },
    { strategy: [{ type: "spread", field: "attribute:rack" }], expected: true },
    { strategy: [{ type: "random" }, { type: "binpack", field: "cpu" }], expected: true },
  ])("$strategy asks for the instances: $expected", ({ strategy, expected }) => {
    expect(dependsOnSites(strategy)).toBe(expected);
  });
});
