import type { InstanceRefusal, PlacementOutlook } from "@berth/contracts/rest/explanation";
import { containerInstanceArn, type Scope } from "@berth/domain/arn";
import type { PlacementFailure } from "@berth/domain/service";
import { describeChange } from "@berth/planner/explain/change";
import type { PlacementExplanation } from "@berth/planner/explain/explain-placement";

/** Whose instances a decision is about. */
export interface Place {
  readonly scope: Scope;
  readonly cluster: string;
}

export function presentRefusal(
  { scope, cluster }: Place,
  { containerInstanceId, reason, detail }: PlacementFailure,
): InstanceRefusal {
  return {
    ...(containerInstanceId !== undefined && {
      containerInstanceArn: containerInstanceArn(scope, cluster, containerInstanceId),
    }),
    reason,
    detail,
  };
}

export function presentOutlook(place: Place, explained: PlacementExplanation): PlacementOutlook {
  const { considered, removed, fittingCount, ranked, steps, counterfactuals } = explained;
  const arn = (id: string) => containerInstanceArn(place.scope, place.cluster, id);
  return {
    considered,
    removed: removed.map(({ reason, count, examples }) => ({
      reason,
      count,
      examples: examples.map((each) => presentRefusal(place, each)),
    })),
    fittingCount,
    ranked: ranked.map(({ containerInstanceId, scores }) => ({
      containerInstanceArn: arn(containerInstanceId),
      scores: steps.map(({ by }, index) => ({ by, score: scores[index] ?? 0 })),
    })),
    counterfactuals: counterfactuals.map((each) => ({
      text: describeChange(each),
      containerInstanceArn: arn(each.containerInstanceId),
      change: each.change,
    })),
  };
}
