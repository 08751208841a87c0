import TinyQueue from "tinyqueue";
import type { OwnCriterion } from "./criteria.ts";
import { ownScore } from "./criteria.ts";
import { scramble } from "./random.ts";
import type { Site } from "./site.ts";

/** The sites of one cell, and which of them is next. */
export interface Picker {
  /** The best site that still passes, or undefined where there is none left. */
  best(draw: number): Site | undefined;
  /** Told once the best one was given a task. */
  settled(site: Site): void;
  /** Whether only the draw decided for the best one. */
  isDrawn(site: Site): boolean;
}

export interface PickerRules {
  readonly criteria: readonly OwnCriterion[];
  /** Asked once of every site, before anything is placed. */
  readonly opens: (site: Site) => boolean;
  /** Asked again of one that was given a task. */
  readonly passes: (site: Site) => boolean;
  /** Decides between equals. */
  readonly seed: number;
}

/** Expects sites in the order of their ids. */
export const pickFrom = (sites: readonly Site[], rules: PickerRules): Picker =>
  rules.criteria.length > 0 ? pickInOrder(sites, rules) : pickAny(sites, rules);

/**
 * A heap: giving a site a task moves that one site in the order and no other one. What lies equal is
 * taken in an order drawn once for the batch.
 */
function pickInOrder(
  sites: readonly Site[],
  { criteria, opens, passes, seed }: PickerRules,
): Picker {
  const byScores = (a: Site, b: Site): number => {
    for (const criterion of criteria) {
      const difference = ownScore(criterion, a) - ownScore(criterion, b);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const byDraw = (a: Site, b: Site): number =>
    scramble(a.idHash ^ seed) - scramble(b.idHash ^ seed) ||
    (a.instance.id < b.instance.id ? -1 : 1);
  const queue = new TinyQueue(sites.filter(opens), (a, b) => byScores(a, b) || byDraw(a, b));
  return {
    best: () => queue.peek(),
    settled: (site) => {
      queue.pop();
      if (passes(site)) queue.push(site);
    },
    // The next in order is one of the two below the top.
    isDrawn: (site) => queue.data.slice(1, 3).some((next) => byScores(site, next) === 0),
  };
}

/** So many draws before the sites are gone through in order. */
const DRAWS = 8;

/** Any that passes, drawn anew for every task: over all sites, so that a full one changes no other draw. */
function pickAny(sites: readonly Site[], { opens, passes }: PickerRules): Picker {
  const open = Uint8Array.from(sites, (site) => Number(opens(site)));
  let latest = -1;
  const drawIndex = (draw: number): number => {
    let at = 0;
    for (let turn = 0; turn < DRAWS; turn += 1) {
      at = scramble(draw + turn) % sites.length;
      if (open[at] === 1) return at;
    }
    const next = open.indexOf(1, at);
    return next >= 0 ? next : open.indexOf(1);
  };
  return {
    best: (draw) => {
      latest = drawIndex(draw);
      return sites[latest];
    },
    settled: (site) => {
      open[latest] = Number(passes(site));
    },
    isDrawn: () => open.indexOf(1) !== open.lastIndexOf(1),
  };
}
