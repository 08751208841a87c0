import type { PlacementStrategy } from "@berth/domain/service";
import {
  aCandidate,
  aPlacementRequest,
  aReservation,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import type { Candidate } from "../placement/place.ts";
import type { RebalanceRequest } from "./plan-moves.ts";
import { planMoves } from "./plan-moves.ts";

const ZONE = "ecs.availability-zone";
const BY_ZONE: PlacementStrategy = { type: "spread", field: `attribute:${ZONE}` };
const BY_INSTANCE: PlacementStrategy = { type: "spread", field: "instanceId" };
const PACKED: PlacementStrategy = { type: "binpack", field: "memory" };

/** Instance number → how many tasks of the group it holds, and its zone. */
type Layout = readonly { readonly own: number; readonly zone?: string; readonly full?: boolean }[];

const candidatesOf = (layout: Layout): readonly Candidate[] =>
  layout.map(({ own, zone, full }, number) => {
    const { demand } = aPlacementRequest();
    const ids = Array.from({ length: own }, (_, index) =>
      taskId("service:web", number * 100 + index),
    );
    const held = ids.map((id) => [id, aReservation(demand)] as const);
    const other = aReservation({ cpuUnits: 2 ** 20 });
    return aCandidate({
      instance: {
        id: instanceId(number),
        attributes: zone === undefined ? [] : [{ name: ZONE, value: zone }],
      },
      ledger: {
        reservations: {
          ...Object.fromEntries(held),
          ...(full && { [taskId("service:api", number)]: other }),
        },
      },
    });
  });

const requestFor = (
  candidates: readonly Candidate[],
  strategy: readonly PlacementStrategy[],
): RebalanceRequest => ({
  ...aPlacementRequest({ strategy, group: "service:web" }),
  tasks: candidates.flatMap(({ instance, ledger }) =>
    Object.keys(ledger.reservations)
      .filter((id) => id.startsWith(taskId("service:web", 0).slice(0, 8)))
      .map((id) => ({ taskId: id, containerInstanceId: instance.id })),
  ),
  maxMoves: 100,
});

const movesOf = (layout: Layout, strategy: readonly PlacementStrategy[], maxMoves = 100) => {
  const candidates = candidatesOf(layout);
  return planMoves(candidates, { ...requestFor(candidates, strategy), maxMoves }).map(
    ({ from, to }) => `${Number.parseInt(from, 16)}>${Number.parseInt(to, 16)}`,
  );
};

describe("moves", () => {
  test.each<{
    name: string;
    layout: Layout;
    strategy: readonly PlacementStrategy[];
    moves: readonly string[];
  }>([
    {
      name: "even instances out until none has two more than another",
      layout: [{ own: 5 }, { own: 0 }],
      strategy: [BY_INSTANCE],
      moves: ["0>1", "0>1"],
    },
    {
      name: "leave an instance that has no zone, as it would be the last to be chosen",
      layout: [{ own: 2 }, { own: 0, zone: "a" }],
      strategy: [BY_ZONE],
      moves: ["0>1", "0>1"],
    },
    {
      name: "go to none without a zone",
      layout: [{ own: 3, zone: "a" }, { own: 0 }],
      strategy: [BY_ZONE],
      moves: [],
    },
    {
      name: "fill a zone that is back, over its instances",
      layout: [
        { own: 3, zone: "a" },
        { own: 3, zone: "b" },
        { own: 0, zone: "c" },
        { own: 0, zone: "c" },
      ],
      strategy: [BY_ZONE],
      moves: [expect.stringMatching(/0>[23]/), expect.stringMatching(/1>[23]/)],
    },
    {
      name: "empty the emptiest instance to pack the others",
      layout: [{ own: 1 }, { own: 3 }],
      strategy: [PACKED],
      moves: ["0>1"],
    },
    {
      name: "follow the first strategy before the second",
      layout: [
        { own: 3, zone: "a" },
        { own: 1, zone: "b" },
        { own: 1, zone: "b" },
      ],
      strategy: [BY_ZONE, PACKED],
      moves: [expect.stringMatching(/1>2|2>1/)],
    },
    {
      name: "are none where all is as the strategy has it",
      layout: [{ own: 2 }, { own: 3 }],
      strategy: [BY_INSTANCE],
      moves: [],
    },
    {
      name: "are none where places are drawn",
      layout: [{ own: 8 }, { own: 0 }],
      strategy: [{ type: "random" }],
      moves: [],
    },
    {
      name: "are none to where there is no room",
      layout: [{ own: 4 }, { own: 0, full: true }],
      strategy: [BY_INSTANCE],
      moves: [],
    },
  ])("$name", ({ layout, strategy, moves }) => {
    expect(movesOf(layout, strategy)).toEqual(moves);
  });

  test("see those before them: no place is taken for emptier than it is by then", () => {
    const moves = movesOf([{ own: 6 }, { own: 0 }, { own: 0 }], [BY_INSTANCE]);
    expect(moves.toSorted()).toEqual(["0>1", "0>1", "0>2", "0>2"]);
  });

  test("begin with the smallest ids, of instances and of tasks, where all are equal", () => {
    const candidates = candidatesOf([{ own: 3 }, { own: 3 }, { own: 0 }]).toReversed();
    const { tasks, ...request } = requestFor(candidates, [BY_INSTANCE]);
    const [first, second] = planMoves(candidates, { ...request, tasks: tasks.toReversed() });
    expect(first).toEqual({
      taskId: taskId("service:web", 0),
      from: instanceId(0),
      to: instanceId(2),
    });
    expect(second).toMatchObject({ taskId: taskId("service:web", 100), from: instanceId(1) });
  });

  test("begin at no instance that takes no tasks: it is to be drained, not evened out", () => {
    const candidates = candidatesOf([{ own: 8 }, { own: 4 }, { own: 0 }]).map(
      ({ instance, ledger }, index) => ({
        instance,
        ledger: index === 0 ? { ...ledger, status: "DRAINING" as const } : ledger,
      }),
    );
    const moves = planMoves(candidates, requestFor(candidates, [BY_INSTANCE]));
    expect(moves.map(({ from }) => from)).toEqual([instanceId(1), instanceId(1)]);
  });

  test("leave instances without the attribute last, as placement does", () => {
    const layout = [{ own: 4, zone: "a" }, { own: 0 }, { own: 1, zone: "b" }];
    expect(movesOf(layout, [BY_ZONE])).toEqual(["0>2"]);
  });

  test("pack by cpu as by memory", () => {
    const packed: PlacementStrategy = { type: "binpack", field: "cpu" };
    expect(movesOf([{ own: 1 }, { own: 3 }], [packed])).toEqual(["0>1"]);
  });

  test("stop where as many are planned as may be", () => {
    expect(movesOf([{ own: 8 }, { own: 0 }], [BY_INSTANCE], 2)).toEqual(["0>1", "0>1"]);
  });

  test("leave alone what may not be moved", () => {
    const candidates = candidatesOf([{ own: 5 }, { own: 0 }]);
    const { tasks, ...request } = requestFor(candidates, [BY_INSTANCE]);
    const moves = planMoves(candidates, { ...request, tasks: tasks.slice(4) });
    expect(moves).toEqual([{ taskId: tasks[4]?.taskId, from: instanceId(0), to: instanceId(1) }]);
  });
});

describe("beside other groups' tasks", () => {
  /** Two instances with a task of the group each, and this of another group. */
  const beside = (...others: readonly Partial<Parameters<typeof aReservation>[0]>[]) =>
    candidatesOf(others.map(() => ({ own: 1 }))).map(({ instance, ledger }, number) => {
      const other = { [taskId("service:api", number)]: aReservation(others[number]) };
      return {
        instance,
        ledger: { ...ledger, reservations: { ...ledger.reservations, ...other } },
      };
    });
  const moves = (candidates: readonly Candidate[], strategy: PlacementStrategy) =>
    planMoves(candidates, requestFor(candidates, [strategy])).map(({ to }) => to);
  const byCpu = { cpuUnits: 500, memoryMiB: 0 };
  const byMemory = { cpuUnits: 0, memoryMiB: 500 };

  test("binpack packs by the resource that it names", () => {
    const candidates = beside(byCpu, byMemory);
    expect(moves(candidates, { type: "binpack", field: "cpu" })).toEqual([instanceId(0)]);
    expect(moves(candidates, PACKED)).toEqual([instanceId(1)]);
  });

  test("spread counts its own", () => {
    const [crowded, other] = candidatesOf([{ own: 1 }, { own: 1 }]);
    if (!crowded || !other) throw new Error("no candidates");
    const others = [1, 2, 3].map((number) => [taskId("service:api", number), aReservation()]);
    const reservations = { ...crowded.ledger.reservations, ...Object.fromEntries(others) };
    const candidates = [{ ...crowded, ledger: { ...crowded.ledger, reservations } }, other];
    expect(moves(candidates, BY_INSTANCE)).toEqual([]);
  });
});
