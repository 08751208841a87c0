import type { InstanceLedger } from "@berth/domain/container-instance";
import { candidateLists, placementRequests } from "@berth/testing/arbitraries";
import { aReservation } from "@berth/testing/builders";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Criterion } from "./criteria.ts";
import { criteriaOf, isOwn, ownScore } from "./criteria.ts";
import type { Candidate, PlacementPlan, PlacementRequest } from "./place.ts";
import { planPlacement } from "./place.ts";
import { PlacementIndex } from "./placement-index.ts";
import { filtersOf } from "./request-filters.ts";
import { countGroups, openSite, type Site } from "./site.ts";
import { groupHash } from "@berth/domain/group-hash";

/** What happens to an index: an instance comes or changes, its tasks stop, one goes, a batch is placed and maybe reserved. */
type Step =
  | { readonly kind: "set"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "release"; readonly index: number; readonly status: InstanceLedger["status"] }
  | { readonly kind: "delete"; readonly index: number }
  | { readonly kind: "plan"; readonly request: PlacementRequest; readonly reserves: boolean };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("set" as const), candidates: candidateLists }),
    fc.record({
      kind: fc.constant("release" as const),
      index: fc.nat(5),
      status: fc.constantFrom("ACTIVE" as const, "ACTIVE" as const, "DRAINING" as const),
    }),
    fc.record({ kind: fc.constant("delete" as const), index: fc.nat(5) }),
    fc.record({
      kind: fc.constant("plan" as const),
      request: placementRequests,
      reserves: fc.boolean(),
    }),
  ),
  { maxLength: 12 },
);

test("an index that was kept decides as one that is made anew", () => {
  fc.assert(
    fc.property(candidateLists, steps, (candidates, all) => {
      const index = new PlacementIndex(candidates);
      const known = new Map(candidates.map((each) => [each.ledger.id, each]));
      const set = (candidate: Candidate) => {
        index.set(candidate);
        known.set(candidate.ledger.id, candidate);
      };
      const plans: [PlacementPlan, PlacementPlan][] = [];
      for (const step of all satisfies readonly Step[]) {
        if (step.kind === "set") step.candidates.forEach(set);
        else if (step.kind === "release") {
          const candidate = [...known.values()].at(step.index);
          if (candidate) set(withoutFirstTask(candidate, step.status));
        } else if (step.kind === "delete") {
          const id = [...known.keys()].at(step.index) ?? "";
          index.delete(id);
          known.delete(id);
        } else {
          const plan = index.plan(step.request);
          plans.push([plan, planPlacement([...known.values()], step.request)]);
          for (const { taskId, containerInstanceId } of step.reserves ? plan.placed : []) {
            const candidate = known.get(containerInstanceId);
            if (!candidate) throw new Error(`placed on ${containerInstanceId}, which is gone`);
            set(reserve(candidate, taskId, step.request));
          }
        }
      }
      for (const [kept, anew] of plans) expect(kept).toEqual(anew);
    }),
  );
});

/** The same instance, with another ledger. */
function withoutFirstTask(
  { instance, ledger }: Candidate,
  status: InstanceLedger["status"],
): Candidate {
  const reservations = Object.fromEntries(Object.entries(ledger.reservations).slice(1));
  return { instance, ledger: { ...ledger, status, reservations } };
}

function reserve(candidate: Candidate, taskId: string, { demand }: PlacementRequest): Candidate {
  const added = { [taskId]: aReservation({ ...demand }) };
  const reservations = { ...candidate.ledger.reservations, ...added };
  return { ...candidate, ledger: { ...candidate.ledger, reservations } };
}

test("no instance that passes has better scores than the chosen one", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, (candidates, request) => {
      const [taskId = ""] = request.taskIds;
      const { placed } = planPlacement(candidates, { ...request, taskIds: [taskId] });
      const [placement] = placed;
      fc.pre(placement?.decision !== undefined);
      const sites = sitesOf(candidates, request);
      const passing = sites.filter((site) =>
        filtersOf(request).every((filter) => filter.passes(site)),
      );
      const criteria = criteriaOf(request.strategy);
      const scores = new Map(
        passing.map((site) => [
          site.instance.id,
          criteria.map((criterion) => naiveScore(criterion, site, sites)),
        ]),
      );
      const chosen = scores.get(placement?.containerInstanceId ?? "");
      expect(chosen).toEqual(placement?.decision?.scores);
      const best = [...scores.values()].toSorted(compare)[0];
      expect(chosen).toEqual(best);
      expect(placement?.decision).toMatchObject({
        considered: sites.length,
        isDrawn: [...scores.values()].filter((each) => compare(each, best ?? []) === 0).length > 1,
      });
      const rejected = Object.values(placement?.decision?.rejected ?? {});
      expect(rejected.reduce((sum, count) => sum + count, 0)).toBe(sites.length - passing.length);
    }),
    { numRuns: 300 },
  );
});

function sitesOf(candidates: readonly Candidate[], request: PlacementRequest): readonly Site[] {
  const hash = groupHash(request.group);
  return candidates
    .filter(({ ledger }) => ledger.status === "ACTIVE")
    .map(({ instance, ledger }) => {
      const site = openSite(instance, ledger);
      site.groupCount = countGroups(ledger).get(hash) ?? 0;
      return site;
    });
}

/** By its definition: looks at every instance. */
function naiveScore(criterion: Criterion, site: Site, sites: readonly Site[]): number {
  if (isOwn(criterion)) return ownScore(criterion, site);
  const value = site.attributes.get(criterion.name);
  const alike = sites.filter(({ attributes }) => attributes.get(criterion.name) === value);
  const tasks = alike.reduce((sum, { groupCount }) => sum + groupCount, 0);
  return value === undefined ? 2 ** 40 + tasks : tasks;
}

const compare = (a: readonly number[], b: readonly number[]): number =>
  a.map((score, index) => score - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;

test("binpack opens no instance while one in use takes the task", () => {
  fc.assert(
    fc.property(candidateLists, placementRequests, fc.boolean(), (candidates, request, byCpu) => {
      const field = byCpu ? "cpu" : "memory";
      const units = byCpu ? "cpuUnits" : "memoryMiB";
      // Alike in what they have: only then is the one with least left the fullest.
      const alike = candidates.map(({ instance, ledger }) => {
        const registered = { ...instance.registered, cpuUnits: 1024, memoryMiB: 1024 };
        return { instance: { ...instance, registered }, ledger };
      });
      const demand = { ...request.demand, cpuUnits: 128 };
      let now: readonly Candidate[] = alike;
      for (const taskId of request.taskIds) {
        const one = {
          ...request,
          demand,
          taskIds: [taskId],
          strategy: [{ type: "binpack" as const, field }],
        };
        const [placement] = planPlacement(now, one).placed;
        if (!placement?.decision) continue;
        const sites = sitesOf(now, one);
        const passing = sites.filter((site) =>
          filtersOf(one).every((filter) => filter.passes(site)),
        );
        const chosen = sites.find(({ instance }) => instance.id === placement.containerInstanceId);
        const isUnused = (site: Site | undefined) => site?.left[units] === 1024;
        expect(!isUnused(chosen) || passing.every(isUnused)).toBe(true);
        now = now.map((candidate) =>
          candidate.instance.id === placement.containerInstanceId
            ? reserve(candidate, taskId, one)
            : candidate,
        );
      }
    }),
  );
});
