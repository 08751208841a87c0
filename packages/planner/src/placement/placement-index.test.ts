import type { PlacementStrategy } from "@berth/domain/service";
import {
  aCandidate,
  aPlacementRequest,
  aReservation,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import type { Candidate } from "./place.ts";
import { PlacementIndex } from "./placement-index.ts";

const GROUP = "service:web";
const BY_INSTANCE: readonly PlacementStrategy[] = [{ type: "spread", field: "instanceId" }];

/** An instance that holds tasks of the group by their numbers. */
const holding = (number: number, tasks: readonly number[] = []): Candidate =>
  aCandidate({ instance: { id: instanceId(number) }, ledger: { reservations: reserved(tasks) } });

const reserved = (tasks: readonly number[]) =>
  Object.fromEntries(tasks.map((task) => [taskId(GROUP, task), aReservation()]));

const withLedger = (
  { instance, ledger }: Candidate,
  members: Partial<Candidate["ledger"]>,
): Candidate => ({ instance, ledger: { ...ledger, ...members } });

/** Where the next task of the group goes. */
const next = (index: PlacementIndex, task = 999): number | undefined => {
  const { placed } = index.plan(
    aPlacementRequest({ taskIds: [taskId(GROUP, task)], strategy: BY_INSTANCE }),
  );
  return placed[0] && Number.parseInt(placed[0].containerInstanceId, 16);
};

describe("an index that is kept", () => {
  test("leaves out an instance that begins to drain, and takes it back when that ends", () => {
    const [first, second] = [holding(1), holding(2, [1])];
    const index = new PlacementIndex([first, second]);
    expect(next(index)).toBe(1);
    index.set(withLedger(first, { status: "DRAINING" }));
    expect(next(index)).toBe(2);
    index.set(withLedger(first, { status: "ACTIVE" }));
    expect(next(index)).toBe(1);
  });

  test("forgets tasks that are gone", () => {
    const [first, second] = [holding(1, [1, 2]), holding(2, [3])];
    const index = new PlacementIndex([first, second]);
    expect(next(index)).toBe(2);
    index.set(withLedger(first, { reservations: {} }));
    expect(next(index)).toBe(1);
  });

  test("keeps no task on an instance that is gone", () => {
    const index = new PlacementIndex([holding(1, [7]), holding(2)]);
    expect(next(index, 7)).toBe(1);
    index.delete(instanceId(1));
    expect(next(index, 7)).toBe(2);
    expect(index.size).toBe(1);
  });

  test("counts what a batch was given for that batch alone", () => {
    const index = new PlacementIndex([holding(1), holding(2, [1])]);
    expect([next(index), next(index), next(index)]).toEqual([1, 1, 1]);
  });
});

describe("what an index says", () => {
  test("of ACTIVE instances", () => {
    const instance = holding(1);
    const index = new PlacementIndex();
    expect(index.hasActive).toBe(false);
    index.set(instance);
    expect(index.hasActive).toBe(true);
    index.set(withLedger(instance, { status: "DRAINING" }));
    expect(index.hasActive).toBe(false);
  });

  test("of tasks that hold something", () => {
    const index = new PlacementIndex([holding(1, [7]), holding(2)]);
    expect(index.holds(taskId(GROUP, 7))).toBe(true);
    expect(index.holds(taskId(GROUP, 8))).toBe(false);
    expect(index.holds(taskId("service:api", 7))).toBe(false);
  });
});

describe("instances that disagree with what is known of a group", () => {
  const index = new PlacementIndex([
    holding(1, [1]),
    holding(2, [2]),
    withLedger(holding(3), { reservations: { [taskId("service:api", 1)]: aReservation() } }),
  ]);
  const known = (places: Readonly<Record<number, number | undefined>>) =>
    new Map(
      Object.entries(places).map(([task, instance]) => [
        taskId(GROUP, Number(task)),
        instance === undefined ? undefined : instanceId(instance),
      ]),
    );

  test.each([
    { name: "none where all is as known", places: { 1: 1, 2: 2 }, expected: [] },
    { name: "one that holds a task nobody knows", places: { 1: 1 }, expected: [2] },
    { name: "one that lacks a task", places: { 1: 1, 2: 2, 3: 3 }, expected: [3] },
    { name: "both where a task is elsewhere", places: { 1: 2, 2: 2 }, expected: [1, 2] },
    {
      name: "none for a task that may hold something or not",
      places: { 1: undefined, 2: 2, 9: undefined },
      expected: [],
    },
  ])("are $name", ({ places, expected }) => {
    expect([...index.disagreeing(GROUP, known(places))].toSorted()).toEqual(
      expected.map(instanceId),
    );
  });
});
