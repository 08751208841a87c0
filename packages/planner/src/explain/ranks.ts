import type { Criterion } from "../placement/criteria.ts";
import { isOwn, ownScore, textOf } from "../placement/criteria.ts";
import { LAST } from "../placement/rank.ts";
import type { Site } from "../placement/site.ts";

export interface RankedInstance {
  readonly containerInstanceId: string;
  /** By the strategies, in their order: the lower the better. */
  readonly scores: readonly number[];
}

/** What one strategy left of the instances that were equal to all before it. */
export interface RankingStep {
  readonly by: string;
  /** The best score, which those that are left have. */
  readonly score: number;
  readonly left: number;
}

/**
 * Scores of sites that take the task, the best first. Expects all ACTIVE sites besides: an attribute
 * is spread over by the tasks on every instance that has it.
 */
export function rankSites(
  fitting: readonly Site[],
  active: readonly Site[],
  criteria: readonly Criterion[],
): readonly RankedInstance[] {
  const scorers = criteria.map((criterion) => scorerOf(criterion, active));
  return fitting
    .map((site) => ({
      containerInstanceId: site.instance.id,
      scores: scorers.map((score) => score(site)),
    }))
    .toSorted(
      (a, b) =>
        compare(a.scores, b.scores) || (a.containerInstanceId < b.containerInstanceId ? -1 : 1),
    );
}

/** How the strategies, one after the other, narrowed the choice down. Expects the best first. */
export function rankingSteps(
  ranked: readonly RankedInstance[],
  criteria: readonly Criterion[],
): readonly RankingStep[] {
  const [best] = ranked;
  let left = ranked;
  return criteria.map((criterion, index) => {
    const score = best?.scores[index] ?? 0;
    left = left.filter(({ scores }) => scores[index] === score);
    return { by: textOf(criterion), score, left: left.length };
  });
}

function scorerOf(criterion: Criterion, active: readonly Site[]): (site: Site) => number {
  if (isOwn(criterion)) return (site) => ownScore(criterion, site);
  const valueOf = (site: Site) => site.attributes.get(criterion.name);
  const tasks = new Map<string | undefined, number>();
  for (const site of active) {
    tasks.set(valueOf(site), (tasks.get(valueOf(site)) ?? 0) + site.groupCount);
  }
  return (site) => {
    const value = valueOf(site);
    // Those without the attribute come last, as one value of their own.
    return (value === undefined ? LAST : 0) + (tasks.get(value) ?? 0);
  };
}

const compare = (a: readonly number[], b: readonly number[]): number =>
  a.map((score, index) => score - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
