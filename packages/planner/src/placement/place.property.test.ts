import { misfit, remaining } from "@berth/domain/container-instance";
import { groupHash, groupHashOfTask } from "@berth/domain/group-hash";
import { candidateLists, placementRequests } from "@berth/testing/arbitraries";
import { aCandidate, aDemand, aReservation, instanceId, taskId } from "@berth/testing/builders";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Candidate, PlacementPlan, PlacementRequest } from "./place.ts";
import { MAX_FAILURES } from "./failures.ts";
import { planPlacement } from "./place.ts";

/** The candidates once a plan's reservations are written. */
function reserve(
  candidates: readonly Candidate[],
  plan: PlacementPlan,
  request: PlacementRequest,
): readonly Candidate[] {
  return candidates.map(({ instance, ledger }) => {
    const own = plan.placed.filter((each) => each.containerInstanceId === instance.id);
    const added = Object.fromEntries(
      own.map((each) => [each.taskId, aReservation({ ...request.demand })]),
    );
    return { instance, ledger: { ...ledger, reservations: { ...ledger.reservations, ...added } } };
  });
}

const placesOf = ({ placed }: PlacementPlan) =>
  placed.map(({ taskId, containerInstanceId }) => [taskId, containerInstanceId]);

const tasksOf = (candidate: Candidate, group: string): number =>
  Object.keys(candidate.ledger.reservations).filter(
    (id) => groupHashOfTask(id) === groupHash(group),
  ).length;

test("never gives an instance more than it has, nor a port twice", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, request) => {
      for (const { instance, ledger } of reserve(
        candidates,
        planPlacement(candidates, request),
        request,
      )) {
        const left = remaining(instance.registered, ledger);
        expect(left.cpuUnits).toBeGreaterThanOrEqual(0);
        expect(left.memoryMiB).toBeGreaterThanOrEqual(0);
        expect(new Set(left.usedTcpPorts).size).toBe(left.usedTcpPorts.length);
        expect(new Set(left.usedUdpPorts).size).toBe(left.usedUdpPorts.length);
      }
    }),
  );
});

test("places every task once or says why not, and only on instances that may take it", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, request) => {
      const plan = planPlacement(candidates, request);
      const told = [...plan.placed, ...plan.unplaced].map((each) => each.taskId);
      expect(told.toSorted()).toEqual(request.taskIds.toSorted());
      const active = candidates.filter(({ ledger }) => ledger.status === "ACTIVE");
      for (const { failures } of plan.unplaced) {
        expect(failures).toHaveLength(Math.min(Math.max(active.length, 1), MAX_FAILURES));
      }
      for (const { containerInstanceId } of plan.placed) {
        const site = active.find(({ instance }) => instance.id === containerInstanceId);
        expect(site?.ledger.agentConnected).toBe(true);
        const names = site?.instance.attributes.map((each) => each.name);
        for (const { name } of request.requiresAttributes) expect(names).toContain(name);
      }
    }),
  );
});

test("leaves a task out only when no instance takes it any more", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, request) => {
      const plan = planPlacement(candidates, {
        ...request,
        requiresAttributes: [],
        constraints: [],
      });
      fc.pre(plan.unplaced.length > 0);
      for (const { instance, ledger } of reserve(candidates, plan, request)) {
        const left = remaining(instance.registered, ledger);
        const takes = ledger.status === "ACTIVE" && ledger.agentConnected;
        expect(takes && misfit(left, request.demand) === undefined).toBe(false);
      }
    }),
  );
});

test("holds distinctInstance", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, request) => {
      const distinct = { ...request, constraints: [{ type: "distinctInstance" as const }] };
      const plan = planPlacement(candidates, distinct);
      const chosen = plan.placed.map((each) => each.containerInstanceId);
      expect(new Set(chosen).size).toBe(chosen.length);
      for (const id of chosen) {
        const before = candidates.find(({ instance }) => instance.id === id);
        expect(before && tasksOf(before, request.group)).toBe(0);
      }
    }),
  );
});

test("decides the same whatever the order of the candidates", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, fc.nat(), (candidates, request, turn) => {
      const cut = candidates.length > 0 ? turn % candidates.length : 0;
      const shuffled = [...candidates.slice(cut).toReversed(), ...candidates.slice(0, cut)];
      expect(planPlacement(shuffled, request)).toEqual(planPlacement(candidates, request));
    }),
  );
});

test("moves nothing when asked again after its reservations are written", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, request) => {
      const plan = planPlacement(candidates, request);
      const again = planPlacement(reserve(candidates, plan, request), request);
      expect(placesOf(again)).toEqual(placesOf(plan));
      expect(again.unplaced.map((each) => each.taskId)).toEqual(
        plan.unplaced.map((each) => each.taskId),
      );
    }),
  );
});

test("finds the same instances in one batch as in batches of one", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, request) => {
      let now = candidates;
      const single = request.taskIds.flatMap((id) => {
        const one = { ...request, taskIds: [id] };
        const plan = planPlacement(now, one);
        now = reserve(now, plan, one);
        return placesOf(plan);
      });
      expect(placesOf(planPlacement(candidates, request))).toEqual(single);
    }),
  );
});

const roomyZones = fc.array(
  fc.record({ zone: fc.constantFrom("a", "b", "c"), held: fc.integer({ min: 0, max: 2 }) }),
  { minLength: 1, maxLength: 6 },
);

test.each(["attribute:zone", "instanceId"])(
  "spread on %s only ever adds to a value that has fewest",
  (field) => {
    fc.assert(
      fc.property(roomyZones, fc.integer({ min: 1, max: 9 }), (places, count) => {
        const candidates = places.map(({ zone, held }, index) =>
          aCandidate({
            instance: { id: instanceId(index + 1), attributes: [{ name: "zone", value: zone }] },
            ledger: {
              reservations: Object.fromEntries(
                Array.from({ length: held }, (_, task) => [
                  taskId("service:web", 100 + index * 10 + task),
                  aReservation({ cpuUnits: 0, memoryMiB: 0 }),
                ]),
              ),
            },
          }),
        );
        const valueOf = (candidate: Candidate) =>
          (field === "instanceId" ? undefined : candidate.instance.attributes[0]?.value) ??
          candidate.instance.id;
        const totals = Map.groupBy(candidates, valueOf);
        const counts = new Map(
          totals
            .entries()
            .map(([value, own]) => [
              value,
              own.reduce((sum, each) => sum + tasksOf(each, "service:web"), 0),
            ]),
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
        for (const { containerInstanceId } of placed) {
          const site = candidates.find(({ instance }) => instance.id === containerInstanceId);
          const value = site ? valueOf(site) : "";
          expect(counts.get(value)).toBe(Math.min(...counts.values()));
          counts.set(value, (counts.get(value) ?? 0) + 1);
        }
        expect(placed).toHaveLength(count);
      }),
    );
  },
);
