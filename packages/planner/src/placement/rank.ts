import TinyQueue from "tinyqueue";
import type { Cell } from "./cells.ts";
import { ABSENT } from "./cells.ts";
import type { Criterion } from "./criteria.ts";
import { isOwn, ownScore } from "./criteria.ts";
import { pickFrom } from "./picker.ts";
import type { Picker, PickerRules } from "./picker.ts";
import { hashText, scramble } from "./random.ts";
import type { Site } from "./site.ts";

export interface Chosen {
  readonly site: Site;
  /** By the criteria, in their order. */
  readonly scores: readonly number[];
  /** Others had the same scores: the seed decided. */
  readonly isDrawn: boolean;
}

/** Chooses the best site for one task after the other. */
export interface Ranking {
  best(draw: number): Chosen | undefined;
  /** Told after the best site was given the task. */
  settled(chosen: Chosen): void;
}

export interface RankingRules extends Omit<PickerRules, "criteria"> {
  readonly criteria: readonly Criterion[];
}

/** A cell that competes with others. */
interface Entry {
  /** What the instances with its value of an attribute hold together, by attribute. */
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly picker: Picker;
  /** Decides between cells whose best sites are equal. */
  readonly tie: number;
  /** As of when it was put in the queue: since then it can only have become worse. */
  scores: readonly number[];
}

interface Tally {
  tasks: number;
}

/** More than any instance holds, and still a number that can be subtracted from itself. */
export const LAST = 2 ** 40;

/**
 * Between cells the attributes decide, and inside a cell they are equal: so the best site is the
 * best of some cell, and a task costs the depth of two heaps however many sites there are.
 */
export function rankCells(cells: readonly Cell[], rules: RankingRules): Ranking {
  const { criteria } = rules;
  let draw = 0;
  const scoresOf = ({ picker, tallies }: Entry): readonly number[] | undefined => {
    const site = picker.best(draw);
    const scoreOf = (each: Criterion, on: Site) =>
      isOwn(each) ? ownScore(each, on) : (tallies.get(each.name)?.tasks ?? LAST);
    return site && criteria.map((each) => scoreOf(each, site));
  };
  const queue = new TinyQueue<Entry>(
    [],
    (a, b) => compareScores(a.scores, b.scores) || a.tie - b.tie,
  );
  const enqueue = (entry: Entry) => {
    const scores = scoresOf(entry);
    if (!scores) return;
    entry.scores = scores;
    queue.push(entry);
  };
  for (const entry of entriesOf(cells, rules)) enqueue(entry);

  /** Puts those that others made worse where they belong now, until the first one is as it was. */
  const first = (): Entry | undefined => {
    for (let top = queue.peek(); top; top = queue.peek()) {
      const scores = scoresOf(top);
      if (scores && compareScores(scores, top.scores) === 0) return top;
      queue.pop();
      enqueue(top);
    }
    return undefined;
  };
  return {
    best: (given) => {
      draw = given;
      const entry = first();
      const site = entry?.picker.best(draw);
      if (!entry || !site) return undefined;
      const isEqual = (other: Entry) => compareScores(other.scores, entry.scores) === 0;
      // The next in order is one of the two below the top.
      const isDrawn = queue.data.slice(1, 3).some(isEqual) || entry.picker.isDrawn(site);
      return { site, scores: entry.scores, isDrawn };
    },
    settled: ({ site }) => {
      const entry = queue.pop();
      if (!entry) return;
      for (const tally of entry.tallies.values()) tally.tasks += 1;
      entry.picker.settled(site);
      enqueue(entry);
    },
  };
}

function entriesOf(cells: readonly Cell[], rules: RankingRules): readonly Entry[] {
  const names = rules.criteria.flatMap((each) => (isOwn(each) ? [] : [each.name]));
  const own = { ...rules, criteria: rules.criteria.filter(isOwn) };
  const talliesByName = names.map((name) => ({ name, byValue: new Map<string, Tally>() }));
  return cells.map(({ values, sites }) => {
    const held = sites.reduce((sum, site) => sum + site.groupCount, 0);
    const tallies = talliesByName.map(({ name, byValue }, index) => {
      const value = values[index] ?? ABSENT;
      // Instances without the attribute come last, as one value of their own.
      const tally = byValue.get(value) ?? { tasks: value === ABSENT ? LAST : 0 };
      tally.tasks += held;
      byValue.set(value, tally);
      return [name, tally] as const;
    });
    return {
      tallies: new Map(tallies),
      picker: pickFrom(sites, own),
      tie: scramble(hashText(values.join(ABSENT)) ^ rules.seed),
      scores: [],
    };
  });
}

/** Less than 0 where the first ones are better: the lower the better, the first that differ decide. */
export function compareScores(a: readonly number[], b: readonly number[]): number {
  for (const [index, score] of a.entries()) {
    const difference = score - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
