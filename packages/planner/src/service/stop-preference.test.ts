import { aTask, instanceId, taskId } from "@berth/testing/builders";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Member } from "./census.ts";
import { inStopOrder } from "./stop-preference.ts";

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

const numbers = (members: Iterable<Member>) =>
  [...members].map(({ task }) => Number.parseInt(task.id.slice(8), 16));

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
