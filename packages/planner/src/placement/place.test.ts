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
import type { Candidate, PlacementPlan } from "./place.ts";
import { planPlacement } from "./place.ts";

const ZONE = "ecs.availability-zone";
const byZone: PlacementStrategy = { type: "spread", field: `attribute:${ZONE}` };

/** An instance that holds some tasks of the group and some of another one. */
function holding(
  number: number,
  {
    own = 0,
    other = 0,
    zone,
  }: { readonly own?: number; readonly other?: number; readonly zone?: string } = {},
): Candidate {
  const ids = [
    ...Array.from({ length: own }, (_, index) => taskId("service:web", 1000 + number * 10 + index)),
    ...Array.from({ length: other }, (_, index) => taskId("service:api", number * 10 + index)),
  ];
  return aCandidate({
    instance: {
      id: instanceId(number),
      attributes: zone === undefined ? [] : [{ name: ZONE, value: zone }],
    },
    ledger: { reservations: Object.fromEntries(ids.map((id) => [id, aReservation()])) },
  });
}

const tasks = (count: number) =>
  Array.from({ length: count }, (_, index) => taskId("service:web", index + 1));

const chosen = (plan: PlacementPlan): readonly number[] =>
  plan.placed.map((each) => Number.parseInt(each.containerInstanceId, 16));

describe("planPlacement by strategy", () => {
  const request = aPlacementRequest();

  test.each<{
    name: string;
    candidates: readonly Candidate[];
    strategy: readonly PlacementStrategy[];
    count?: number;
    expected: readonly number[];
  }>([
    {
      name: "spreads over instances by the group's own tasks",
      candidates: [holding(1, { own: 2 }), holding(2, { other: 4 }), holding(3, { own: 3 })],
      strategy: [{ type: "spread", field: "instanceId" }],
      count: 2,
      expected: [2, 2],
    },
    {
      name: "takes host for instanceId",
      candidates: [holding(1, { own: 1 }), holding(2, { other: 4 })],
      strategy: [{ type: "spread", field: "host" }],
      expected: [2],
    },
    {
      name: "spreads over the values of an attribute, counting all instances of a value",
      candidates: [
        holding(1, { zone: "a" }),
        holding(2, { zone: "a", own: 2 }),
        holding(3, { zone: "b", own: 1 }),
      ],
      strategy: [byZone],
      count: 2,
      expected: [3, 1],
    },
    {
      name: "spreads inside a value too",
      candidates: [holding(1, { zone: "a", own: 1 }), holding(2, { zone: "a" })],
      strategy: [byZone],
      expected: [2],
    },
    {
      name: "takes instances without the attribute last, however empty",
      candidates: [holding(1), holding(2, { zone: "a", own: 3 })],
      strategy: [byZone],
      expected: [2],
    },
    {
      name: "takes instances without the attribute when there are no others",
      candidates: [holding(1, { own: 1 }), holding(2)],
      strategy: [byZone],
      expected: [2],
    },
    {
      name: "packs by memory onto the fullest that fits",
      candidates: [holding(1), holding(2, { other: 8 }), holding(3, { other: 7 })],
      strategy: [{ type: "binpack", field: "memory" }],
      count: 2,
      expected: [3, 1],
    },
    {
      name: "goes on packing onto the one that it began",
      candidates: [holding(1), holding(2, { other: 1 })],
      strategy: [{ type: "binpack", field: "memory" }],
      count: 3,
      expected: [2, 2, 2],
    },
    {
      name: "decides ties by the next strategy",
      candidates: [
        holding(1, { zone: "a", other: 1 }),
        holding(2, { zone: "a", other: 2 }),
        holding(3, { zone: "b", own: 1, other: 5 }),
      ],
      strategy: [byZone, { type: "binpack", field: "memory" }],
      expected: [2],
    },
  ])("$name", ({ candidates, strategy, count = 1, expected }) => {
    const plan = planPlacement(candidates, { ...request, strategy, taskIds: tasks(count) });
    expect(chosen(plan)).toEqual(expected);
  });

  test("packs by cpu where cpu and memory disagree", () => {
    const filled = (number: number, cpuUnits: number, memoryMiB: number) =>
      aCandidate({
        instance: { id: instanceId(number) },
        ledger: { reservations: { other: aReservation({ cpuUnits, memoryMiB }) } },
      });
    const candidates = [filled(1, 100, 500), filled(2, 500, 100)];
    const by = (field: string) =>
      chosen(planPlacement(candidates, { ...request, strategy: [{ type: "binpack", field }] }));
    expect([by("cpu"), by("memory")]).toEqual([[2], [1]]);
  });

  test("without a strategy draws an instance for every task by the seed", () => {
    const candidates = [1, 2, 3, 4].map((number) => holding(number));
    const draw = (seed: string) =>
      chosen(planPlacement(candidates, { ...request, seed, taskIds: tasks(8) }));
    expect(new Set(draw("x")).size).toBeGreaterThan(1);
    expect(draw("x")).toEqual(draw("x"));
    expect(draw("x")).not.toEqual(draw("y"));
  });

  test("draws all instances about equally often", () => {
    const candidates = [1, 2, 3, 4].map((number) => holding(number));
    const demand = aDemand({ cpuUnits: 0, memoryMiB: 0 });
    const all = chosen(planPlacement(candidates, { ...request, demand, taskIds: tasks(400) }));
    for (const number of [1, 2, 3, 4]) {
      expect(all.filter((each) => each === number).length).toBeGreaterThan(60);
    }
  });
});

describe("planPlacement of a batch", () => {
  const request = aPlacementRequest({ taskIds: tasks(3) });

  test("places what fits and gives the same reasons for all the rest", () => {
    const plan = planPlacement([holding(1, { other: 7 })], request);
    expect(plan.placed).toMatchObject([
      { taskId: taskId("service:web", 1), containerInstanceId: instanceId(1) },
    ]);
    expect(plan.unplaced.map((each) => each.taskId)).toEqual(tasks(3).slice(1));
    expect(plan.unplaced.map((each) => each.failures)).toEqual(
      [1, 2].map(() => [
        {
          containerInstanceId: instanceId(1),
          reason: "RESOURCE:CPU",
          detail: "cpu: needs 128 units, has 0 units free of 1024; 1024 reserved by 8 tasks",
        },
      ]),
    );
  });

  test("gives a static port once per instance", () => {
    const demand = aDemand({ tcpPorts: [80] });
    const plan = planPlacement([holding(1), holding(2)], { ...request, demand });
    expect(new Set(chosen(plan))).toEqual(new Set([1, 2]));
    expect(plan.unplaced).toHaveLength(1);
    expect(plan.unplaced[0]?.failures.map((each) => each.detail)).toEqual([
      "ports: 80/tcp in use",
      "ports: 80/tcp in use",
    ]);
  });

  test("counts its own tasks against distinctInstance", () => {
    const constraints = [{ type: "distinctInstance" as const }];
    const plan = planPlacement([holding(1), holding(2)], { ...request, constraints });
    expect(new Set(chosen(plan))).toEqual(new Set([1, 2]));
    expect(plan.unplaced).toHaveLength(1);
  });

  test("counts its own tasks in expressions", () => {
    const constraints = [{ type: "memberOf" as const, expression: "runningTasksCount < 2" }];
    const plan = planPlacement([holding(1)], { ...request, constraints });
    expect(chosen(plan)).toEqual([1, 1]);
  });

  test("leaves DRAINING and INACTIVE instances out, without a reason", () => {
    const candidates = (["DRAINING", "INACTIVE"] as const).map((status, index) =>
      aCandidate({ instance: { id: instanceId(index + 1) }, ledger: { status } }),
    );
    expect(planPlacement(candidates, aPlacementRequest()).unplaced).toEqual([
      {
        taskId: taskId("service:web", 1),
        failures: [
          {
            reason: "No Container Instances were found in your cluster.",
            detail: "cluster: has no container instance that is ACTIVE",
          },
        ],
      },
    ]);
  });

  test("does not count what a DRAINING instance holds when it spreads over a zone", () => {
    const draining = holding(3, { zone: "a", own: 2 });
    const candidates = [
      { ...draining, ledger: { ...draining.ledger, status: "DRAINING" as const } },
      holding(1, { zone: "a" }),
      holding(2, { zone: "b", own: 1 }),
    ];
    expect(
      chosen(planPlacement(candidates, { ...request, strategy: [byZone], taskIds: tasks(1) })),
    ).toEqual([1]);
  });

  test("names the reasons by instance id", () => {
    const away = (number: number) =>
      aCandidate({ instance: { id: instanceId(number) }, ledger: { agentConnected: false } });
    const plan = planPlacement([away(2), away(1)], aPlacementRequest());
    expect(plan.unplaced[0]?.failures.map((each) => each.containerInstanceId)).toEqual([
      instanceId(1),
      instanceId(2),
    ]);
  });

  test.each(["ACTIVE", "DRAINING"] as const)(
    "keeps a task on the %s instance where it holds a reservation, and takes nothing twice",
    (status) => {
      const pinned = taskId("service:web", 2);
      const full = aCandidate({
        instance: { id: instanceId(1) },
        ledger: {
          status,
          agentConnected: false,
          reservations: { [pinned]: aReservation({ cpuUnits: 1024 }) },
        },
      });
      const plan = planPlacement([holding(2, { other: 6 }), full], request);
      expect(chosen(plan)).toEqual([2, 1, 2]);
    },
  );
});
