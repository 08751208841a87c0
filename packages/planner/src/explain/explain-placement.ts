import { groupHash } from "@berth/domain/group-hash";
import { criteriaOf } from "../placement/criteria.ts";
import type { Candidate, PlacementRequest } from "../placement/place.ts";
import { planPlacement } from "../placement/place.ts";
import { filtersOf } from "../placement/request-filters.ts";
import type { Site } from "../placement/site.ts";
import { countGroups, openSite } from "../placement/site.ts";
import type { Counterfactual } from "./change.ts";
import { findCounterfactuals } from "./counterfactuals.ts";
import type { RankedInstance, RankingStep } from "./ranks.ts";
import { rankingSteps, rankSites } from "./ranks.ts";
import type { Removal } from "./removals.ts";
import { groupRemovals, judge } from "./removals.ts";

/** How placement decides about one task now. As long for ten thousand instances as for ten. */
export interface PlacementExplanation {
  /** So many instances are ACTIVE. */
  readonly considered: number;
  /** Instances that do not take the task, by what took them out first; those that are not ACTIVE too. */
  readonly removed: readonly Removal[];
  readonly fittingCount: number;
  /** The best of those that take it, at most `MAX_RANKED`. */
  readonly ranked: readonly RankedInstance[];
  readonly steps: readonly RankingStep[];
  /** Absent where no instance takes the task. */
  readonly chosen?: { readonly containerInstanceId: string; readonly isDrawn: boolean };
  /** Where no instance takes the task: what would change that. */
  readonly counterfactuals: readonly Counterfactual[];
}

export const MAX_RANKED = 10;

/**
 * Explains the first task of a request as `planPlacement` decides it. Expects a task that holds no
 * place yet, and instances of every status but INACTIVE, in any order.
 */
export function explainPlacement(
  candidates: readonly Candidate[],
  request: PlacementRequest,
): PlacementExplanation {
  const one = { ...request, taskIds: request.taskIds.slice(0, 1) };
  const sites = sitesOf(candidates, request.group);
  const active = sites.filter(({ ledger }) => ledger.status === "ACTIVE");
  const filters = filtersOf(one);
  const judged = sites.map((site) => judge(site, filters));
  const fitting = judged.flatMap(({ site, failure }) => (failure ? [] : [site]));
  const criteria = criteriaOf(request.strategy);
  const ranked = rankSites(fitting, active, criteria);
  const [placement] = planPlacement(candidates, one).placed;
  return {
    considered: active.length,
    removed: groupRemovals(judged),
    fittingCount: fitting.length,
    ranked: ranked.slice(0, MAX_RANKED),
    steps: rankingSteps(ranked, criteria),
    ...(placement && {
      chosen: {
        containerInstanceId: placement.containerInstanceId,
        isDrawn: placement.decision?.isDrawn ?? false,
      },
    }),
    counterfactuals: placement ? [] : findCounterfactuals(sites, one),
  };
}

function sitesOf(candidates: readonly Candidate[], group: string): readonly Site[] {
  const hash = groupHash(group);
  return candidates
    .toSorted((a, b) => (a.instance.id < b.instance.id ? -1 : 1))
    .map(({ instance, ledger }) => {
      const site = openSite(instance, ledger);
      site.groupCount = countGroups(ledger).get(hash) ?? 0;
      return site;
    });
}
