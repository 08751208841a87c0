import type { PlacementStrategy } from "@berth/domain/service";
import { binpackScore } from "./binpack.ts";
import type { PlacementRequest } from "./place.ts";
import { hashText, randomScore } from "./random.ts";
import type { Site } from "./site.ts";
import { spreadScore } from "./spread.ts";

/** What one strategy thinks of a site: the lower the better. */
export interface Score {
  /** @param draw differs from task to task, for strategies that draw lots */
  of(site: Site, draw: number): number;
  /** Told of each task that a site was given. */
  settled?(site: Site): void;
}

export interface Ranking {
  /** The best of these sites for a task, or undefined where there is none. */
  best(sites: readonly Site[], taskId: string): Site | undefined;
  settled(site: Site): void;
}

/**
 * The strategies of a request in their order: each decides between those that are equal to all
 * before it. What they leave open is drawn by the seed, and at the very last by instance id.
 */
export function rankingFor(request: PlacementRequest, sites: readonly Site[]): Ranking {
  const chain = withImpliedSpread(request.strategy).map((each) => scoreOf(each, sites));
  const scores = [...chain, randomScore()];
  return {
    best: (open, taskId) => lowest(open, scores, hashText(request.seed + taskId)),
    settled: (site) => scores.forEach((score) => score.settled?.(site)),
  };
}

/**
 * Tasks spread over the values of an attribute are spread over the instances of each value too, as
 * ECS does with those it spreads over zones.
 */
function withImpliedSpread(strategy: readonly PlacementStrategy[]): readonly PlacementStrategy[] {
  return strategy.at(-1)?.type === "spread"
    ? [...strategy, { type: "spread", field: "instanceId" }]
    : strategy;
}

function scoreOf(strategy: PlacementStrategy, sites: readonly Site[]): Score {
  switch (strategy.type) {
    case "spread":
      return spreadScore(strategy.field, sites);
    case "binpack":
      return binpackScore(strategy.field);
    case "random":
      return randomScore();
  }
}

function lowest(sites: readonly Site[], scores: readonly Score[], draw: number): Site | undefined {
  let best: Site | undefined;
  for (const site of sites) {
    if (best === undefined || isBefore(site, best, scores, draw)) best = site;
  }
  return best;
}

function isBefore(site: Site, other: Site, scores: readonly Score[], draw: number): boolean {
  for (const score of scores) {
    const difference = score.of(site, draw) - score.of(other, draw);
    if (difference !== 0) return difference < 0;
  }
  return site.instance.id < other.instance.id;
}
