import type { Score } from "./ranking.ts";
import type { Site } from "./site.ts";

/**
 * Fewest tasks of the group first: on the instance itself, or on all instances that share its value
 * of an attribute. Instances without that attribute come last, as one value of their own.
 */
export function spreadScore(field: string | undefined, sites: readonly Site[]): Score {
  const attribute = attributeName(field);
  return attribute === undefined ? bySite : byValue(attribute, sites);
}

const bySite: Score = { of: (site) => site.tasksOfGroup.length };

function byValue(attribute: string, sites: readonly Site[]): Score {
  const tallies = new Map<string | undefined, Tally>();
  const bySiteIndex: Tally[] = [];
  for (const site of sites) {
    const tally = tallyOf(tallies, valueOf(site, attribute));
    tally.tasks += site.tasksOfGroup.length;
    bySiteIndex[site.index] = tally;
  }
  return {
    of: (site) => bySiteIndex[site.index]?.tasks ?? LAST,
    settled: (site) => {
      const tally = bySiteIndex[site.index];
      if (tally) tally.tasks += 1;
    },
  };
}

/** What all instances with one value of an attribute hold together. */
interface Tally {
  tasks: number;
}

/** More than any instance holds, and still a number that can be subtracted from itself. */
const LAST = 2 ** 40;

function tallyOf(tallies: Map<string | undefined, Tally>, value: string | undefined): Tally {
  const tally = tallies.get(value) ?? { tasks: value === undefined ? LAST : 0 };
  tallies.set(value, tally);
  return tally;
}

/** An attribute without a value is a value too: the empty text. */
function valueOf(site: Site, name: string): string | undefined {
  const attribute = site.instance.attributes.find((each) => each.name === name);
  return attribute && (attribute.value ?? "");
}

const PREFIX = "attribute:";

const attributeName = (field: string | undefined): string | undefined =>
  field?.startsWith(PREFIX) ? field.slice(PREFIX.length) : undefined;
