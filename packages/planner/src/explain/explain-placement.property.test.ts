import { candidateLists, placementRequests } from "@berth/testing/arbitraries";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import type { Candidate, PlacementRequest } from "../placement/place.ts";
import { planPlacement } from "../placement/place.ts";
import { filtersOf } from "../placement/request-filters.ts";
import { openSite } from "../placement/site.ts";
import { changedCandidate, changedRequest } from "./change.ts";
import { MAX_COUNTERFACTUALS } from "./counterfactuals.ts";
import { explainPlacement, MAX_RANKED } from "./explain-placement.ts";
import { MAX_EXAMPLES } from "./removals.ts";

const constraints: fc.Arbitrary<readonly PlacementConstraint[]> = fc.subarray([
  { type: "distinctInstance" },
  { type: "memberOf", expression: "attribute:ecs.availability-zone == a" },
  { type: "memberOf", expression: "not(task:group == service:api)" },
]);

/** One task that looks for a place; half of them for more than there is. */
const requests: fc.Arbitrary<PlacementRequest> = fc
  .tuple(placementRequests, constraints, fc.constantFrom(0, 0, 512, 1_024))
  .map((parts) => oneTask(...parts));

function oneTask(
  request: PlacementRequest,
  constraints: readonly PlacementConstraint[],
  more: number,
): PlacementRequest {
  const demand = { ...request.demand, memoryMiB: request.demand.memoryMiB + more };
  return { ...request, taskIds: request.taskIds.slice(0, 1), constraints, demand };
}

const instanceOf = (candidates: readonly Candidate[], id: string): Candidate => {
  const found = candidates.find(({ instance }) => instance.id === id);
  if (!found) throw new Error(`${id} is no candidate`);
  return found;
};

test("every instance is either removed or fits, and a removed one fails its stated check", () => {
  fc.assert(
    fc.property(candidateLists, requests, (candidates, request) => {
      const { removed, fittingCount } = explainPlacement(candidates, request);
      const removedCount = removed.reduce((sum, { count }) => sum + count, 0);
      expect(removedCount + fittingCount).toBe(candidates.length);
      for (const { reason, examples } of removed) {
        for (const { containerInstanceId, detail } of examples) {
          const candidate = instanceOf(candidates, containerInstanceId);
          expect(planPlacement([candidate], request).placed).toEqual([]);
          expect(factOf(candidate, request, reason)).toBe(true);
          expect(detail).not.toBe("");
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** Whether an instance really is what a reason says, by another way than that of the explanation. */
function factOf(candidate: Candidate, request: PlacementRequest, reason: string): boolean {
  if (reason === candidate.ledger.status) return reason !== "ACTIVE";
  const plan = planPlacement([candidate], request);
  const stated = plan.unplaced[0]?.failures[0];
  const site = openSite(candidate.instance, candidate.ledger);
  site.groupCount = Object.keys(candidate.ledger.reservations).filter((id) =>
    id.startsWith(request.taskIds[0]?.slice(0, 8) ?? ""),
  ).length;
  const failing = filtersOf(request).find((filter) => !filter.passes(site));
  return stated?.reason === reason && failing?.reason(site) === reason;
}

test("every counterfactual, applied, really places the task", () => {
  let seen = 0;
  fc.assert(
    fc.property(candidateLists, requests, (candidates, request) => {
      const { chosen, counterfactuals } = explainPlacement(candidates, request);
      expect(chosen !== undefined && counterfactuals.length > 0).toBe(false);
      for (const { change, containerInstanceId } of counterfactuals) {
        const changed = candidates.map((candidate) =>
          candidate.instance.id === containerInstanceId
            ? changedCandidate(candidate, change)
            : candidate,
        );
        const applied = changedRequest(request, change);
        expect(planPlacement(candidates, request).placed).toEqual([]);
        expect(planPlacement(changed, applied).placed).toHaveLength(1);
        seen += 1;
      }
    }),
    { numRuns: 500 },
  );
  expect(seen).toBeGreaterThan(50);
});

test("no greater amount of what a counterfactual names would place", () => {
  fc.assert(
    fc.property(candidateLists, requests, (candidates, request) => {
      for (const { change } of explainPlacement(candidates, request).counterfactuals) {
        if (change.kind !== "amount") continue;
        const more = changedRequest(request, { ...change, amount: change.amount + 1 });
        expect(planPlacement(candidates, more).placed).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

test("names the choice of placement, its scores, and whether it was drawn", () => {
  fc.assert(
    fc.property(candidateLists, requests, (candidates, request) => {
      const explained = explainPlacement(candidates, request);
      const [placement] = planPlacement(candidates, request).placed;
      expect(explained.chosen?.containerInstanceId).toBe(placement?.containerInstanceId);
      if (!placement?.decision) return;
      const { decision, containerInstanceId } = placement;
      const chosen = explained.ranked.find(
        (each) => each.containerInstanceId === containerInstanceId,
      );
      expect(chosen?.scores).toEqual(decision.scores);
      expect(explained.ranked[0]?.scores).toEqual(decision.scores);
      expect(explained.steps.map(({ by }) => by)).toEqual(decision.by);
      expect(explained.steps.map(({ score }) => score)).toEqual(decision.scores);
      const equals = explained.steps.at(-1)?.left ?? explained.fittingCount;
      expect(explained.chosen?.isDrawn).toBe(decision.isDrawn);
      expect(decision.isDrawn).toBe(equals > 1);
    }),
    { numRuns: 300 },
  );
});

test("says the same whatever the order of the instances, and says little", () => {
  fc.assert(
    fc.property(candidateLists, requests, (candidates, request) => {
      const explained = explainPlacement(candidates, request);
      expect(explainPlacement(candidates.toReversed(), request)).toEqual(explained);
      expect(explained.ranked.length).toBeLessThanOrEqual(MAX_RANKED);
      expect(explained.counterfactuals.length).toBeLessThanOrEqual(MAX_COUNTERFACTUALS);
      for (const { examples } of explained.removed) {
        expect(examples.length).toBeLessThanOrEqual(MAX_EXAMPLES);
      }
    }),
  );
});
