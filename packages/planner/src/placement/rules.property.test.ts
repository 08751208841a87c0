import { remaining } from "@berth/domain/container-instance";
import { groupHash, groupHashOfTask } from "@berth/domain/group-hash";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import { candidateLists, placementRequests } from "@berth/testing/arbitraries";
import { aCandidate, aDemand, aReservation, instanceId, taskId } from "@berth/testing/builders";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Candidate, PlacementRequest } from "./place.ts";
import { planPlacement } from "./place.ts";

/** What each instance holds after each placement of the batch, one after the other. */
function* replay(candidates: readonly Candidate[], request: PlacementRequest) {
  const now = new Map(candidates.map((each) => [each.instance.id, each]));
  for (const { taskId, containerInstanceId } of planPlacement(candidates, request).placed) {
    const before = now.get(containerInstanceId);
    if (!before) throw new Error(`placed on ${containerInstanceId}, which is no candidate`);
    const { instance, ledger } = before;
    const reservations = { ...ledger.reservations, [taskId]: aReservation({ ...request.demand }) };
    const after = { instance, ledger: { ...ledger, reservations } };
    now.set(containerInstanceId, after);
    yield { before, after, all: now };
  }
}

const tasksOf = ({ ledger }: Candidate, group: string): number =>
  Object.keys(ledger.reservations).filter((id) => groupHashOfTask(id) === groupHash(group)).length;

const valueOf = ({ instance }: Candidate, name: string): string | undefined =>
  instance.attributes.find((each) => each.name === name)?.value;

test("never gives GPUs or other units that an instance has not", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, request) => {
      for (const { after } of replay(candidates, request)) {
        const { countable = {} } = remaining(after.instance.registered, after.ledger);
        expect(Math.min(0, ...Object.values(countable))).toBe(0);
        for (const name of Object.keys(request.demand.countable ?? {})) {
          expect(after.instance.registered.countable).toHaveProperty(name);
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** Each constraint by its words, apart from the query language that the planner reads it with. */
const HELD: readonly {
  readonly constraint: PlacementConstraint;
  readonly holds: (before: Candidate, group: string) => boolean;
}[] = [
  {
    constraint: { type: "distinctInstance" },
    holds: (before, group) => tasksOf(before, group) === 0,
  },
  {
    constraint: { type: "memberOf", expression: "runningTasksCount < 3" },
    holds: ({ ledger }) => Object.keys(ledger.reservations).length < 3,
  },
  {
    constraint: { type: "memberOf", expression: "task:group == service:api" },
    holds: (before) => tasksOf(before, "service:api") > 0,
  },
  {
    constraint: { type: "memberOf", expression: "not(task:group == service:api)" },
    holds: (before) => tasksOf(before, "service:api") === 0,
  },
  {
    constraint: { type: "memberOf", expression: "attribute:ecs.availability-zone in [a, b]" },
    holds: (before) => ["a", "b"].includes(valueOf(before, "ecs.availability-zone") ?? ""),
  },
  {
    constraint: { type: "memberOf", expression: "attribute:rack == 1 and agentConnected == true" },
    holds: (before) => valueOf(before, "rack") === "1" && before.ledger.agentConnected,
  },
];

test.each(HELD)("$constraint holds at every single placement", ({ constraint, holds }) => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, given) => {
      const request = { ...given, constraints: [constraint] };
      for (const { before } of replay(candidates, request)) {
        expect(holds(before, request.group)).toBe(true);
      }
    }),
  );
});

test("two constraints hold both", () => {
  const pairs = fc.tuple(fc.constantFrom(...HELD), fc.constantFrom(...HELD));
  fc.assert(
    fc.property(candidateLists, placementRequests, pairs, (candidates, given, pair) => {
      const request = { ...given, constraints: pair.map(({ constraint }) => constraint) };
      for (const { before } of replay(candidates, request)) {
        for (const { holds } of pair) expect(holds(before, request.group)).toBe(true);
      }
    }),
  );
});

const emptyPlaces = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 8 });

test.each(["attribute:zone", "instanceId"])(
  "spread on %s ends within one task of even, where there is room",
  (field) => {
    fc.assert(
      fc.property(emptyPlaces, fc.integer({ min: 1, max: 12 }), (zones, count) => {
        const candidates = zones.map((zone, index) =>
          aCandidate({
            instance: { id: instanceId(index + 1), attributes: [{ name: "zone", value: zone }] },
          }),
        );
        const { placed } = planPlacement(candidates, {
          taskIds: Array.from({ length: count }, (_, index) => taskId("service:web", index + 1)),
          group: "service:web",
          demand: aDemand({ cpuUnits: 0, memoryMiB: 0 }),
          requiresAttributes: [],
          constraints: [],
          strategy: [{ type: "spread", field }],
          seed: "seed",
        });
        const zoneOf = new Map(candidates.map((each) => [each.instance.id, valueOf(each, "zone")]));
        const keyOf = (id: string) => (field === "instanceId" ? id : (zoneOf.get(id) ?? ""));
        const perInstance = countsOf(
          [...zoneOf.keys()],
          placed.map((each) => each.containerInstanceId),
        );
        const perValue = countsOf(
          [...zoneOf.keys()].map(keyOf),
          placed.map((each) => keyOf(each.containerInstanceId)),
        );
        expect(placed).toHaveLength(count);
        expect(spanOf(perValue.values())).toBeLessThanOrEqual(1);
        // Inside each value the instances are even as well.
        for (const ids of Map.groupBy(zoneOf.keys(), keyOf).values()) {
          expect(spanOf(ids.map((id) => perInstance.get(id) ?? 0))).toBeLessThanOrEqual(1);
        }
      }),
    );
  },
);

function countsOf(all: readonly string[], used: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map(all.map((each) => [each, 0]));
  for (const each of used) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
}

const spanOf = (counts: Iterable<number>): number => {
  const all = [...counts];
  return Math.max(...all) - Math.min(...all);
};

test("decides the same whatever the order of reservations and attributes", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, request) => {
      const turned = candidates.toReversed().map(({ instance, ledger }) => ({
        instance: { ...instance, attributes: instance.attributes.toReversed() },
        ledger: {
          ...ledger,
          reservations: Object.fromEntries(Object.entries(ledger.reservations).toReversed()),
        },
      }));
      expect(planPlacement(turned, request)).toEqual(planPlacement(candidates, request));
    }),
  );
});

test("a tighter request places no more tasks, each alone, than a looser one", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, given) => {
      const looser = {
        ...given,
        taskIds: given.taskIds.slice(0, 1),
        constraints: [],
        requiresAttributes: [],
      };
      const tighter = { ...given, taskIds: looser.taskIds };
      const placed = (request: PlacementRequest) =>
        planPlacement(candidates, request).placed.length;
      expect(placed(tighter)).toBeLessThanOrEqual(placed(looser));
    }),
  );
});
