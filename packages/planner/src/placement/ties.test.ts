import type { PlacementStrategy } from "@berth/domain/service";
import {
  aCandidate,
  aDemand,
  aPlacementRequest,
  aReservation,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { planPlacement, type PlacementRequest } from "./place.ts";

const SEEDS = Array.from({ length: 40 }, (_, index) => `seed-${index}`);
const ids = Array.from({ length: 6 }, (_, index) => index + 1);
const alike = ids.map((number) => aCandidate({ instance: { id: instanceId(number) } }));

const chosen = (candidates: typeof alike, request: Partial<PlacementRequest>) =>
  planPlacement(candidates, aPlacementRequest(request)).placed.map(({ containerInstanceId }) =>
    Number.parseInt(containerInstanceId, 16),
  );

const timesOf = (all: readonly number[]) =>
  ids.map((id) => all.filter((each) => each === id).length);

describe("the seed decides", () => {
  test.each<{ name: string; strategy: readonly PlacementStrategy[] }>([
    {
      name: "among instances that spread equally",
      strategy: [{ type: "spread", field: "instanceId" }],
    },
    {
      name: "among instances that are packed equally",
      strategy: [{ type: "binpack", field: "cpu" }],
    },
  ])("$name", ({ strategy }) => {
    const all = SEEDS.flatMap((seed) => chosen(alike, { strategy, seed }));
    expect(Math.min(...timesOf(all))).toBeGreaterThan(0);
  });

  test("among zones that hold equally much", () => {
    const zones = alike.map(({ instance, ledger }) => ({
      ledger,
      instance: { ...instance, attributes: [{ name: "zone", value: instance.id }] },
    }));
    const strategy = [{ type: "spread", field: "attribute:zone" }] as const;
    const all = SEEDS.flatMap((seed) => chosen(zones, { strategy, seed }));
    expect(Math.min(...timesOf(all))).toBeGreaterThan(0);
  });
});

describe("random", () => {
  const closed = (number: number) =>
    aCandidate({ instance: { id: instanceId(number) }, ledger: { agentConnected: false } });
  const open = (number: number) => aCandidate({ instance: { id: instanceId(number) } });
  const tasks = (count: number) =>
    Array.from({ length: count }, (_, index) => taskId("service:web", index + 1));
  const demand = aDemand({ cpuUnits: 0, memoryMiB: 0 });

  test("favours nobody whose neighbours are closed", () => {
    const candidates = [open(1), closed(2), closed(3), open(4)];
    const times = timesOf(chosen(candidates, { demand, taskIds: tasks(400) }));
    expect(Math.min(times[0] ?? 0, times[3] ?? 0)).toBeGreaterThan(150);
  });

  test.each([1, 32, 64])("finds the only open one of many, be it number %i", (only) => {
    const candidates = Array.from({ length: 64 }, (_, index) =>
      index + 1 === only ? open(index + 1) : closed(index + 1),
    );
    expect(chosen(candidates, { demand, taskIds: tasks(20) })).toEqual(Array(20).fill(only));
  });

  test("favours neither of two that are far apart", () => {
    const candidates = Array.from({ length: 64 }, (_, index) =>
      [10, 50].includes(index + 1) ? open(index + 1) : closed(index + 1),
    );
    const all = chosen(candidates, { demand, taskIds: tasks(400) });
    const second = all.filter((each) => each === 50).length;
    // Those before an open one fall to it: 40 of 64 to the second.
    expect(second).toBeGreaterThan(150);
    expect(second).toBeLessThan(320);
  });
});

test("a task that holds a place on two instances stays on the first of them", () => {
  const id = taskId("service:web", 1);
  const holding = [2, 1, 3].map((number) =>
    aCandidate({
      instance: { id: instanceId(number) },
      ledger: { reservations: { [id]: aReservation() } },
    }),
  );
  expect(chosen(holding, { taskIds: [id] })).toEqual([1]);
});
