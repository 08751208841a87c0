import type { Member } from "./census.ts";
import { mayBeStopped } from "./census.ts";

/** Zone to number of tasks. */
export type ZoneCounts = ReadonlyMap<string, number>;

/** How many of these tasks are in each zone, also in those usable ones that have none. */
export function countByZone(members: readonly Member[], usable: readonly string[]): ZoneCounts {
  const counts = new Map(usable.map((zone) => [zone, 0]));
  for (const { task } of members) {
    const zone = task.availabilityZone ?? "";
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return new Map([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Into which zones to start tasks, and take as many from the fullest ones, until no usable zone has
 * two fewer than another one that can give.
 *
 * @param room So many at most.
 */
export function evenOut(
  members: readonly Member[],
  usable: readonly string[],
  room: number,
): readonly string[] {
  const counts = new Map(countByZone(members, usable));
  const givable = new Map(countByZone(members.filter(mayBeStopped), []));
  const into: string[] = [];
  while (into.length < room) {
    const emptiest = least(usable, counts);
    const fullest = most([...givable.keys()], counts);
    if (emptiest === undefined || fullest === undefined) break;
    const [low, high] = [counts.get(emptiest) ?? 0, counts.get(fullest) ?? 0];
    if (high - low < 2) break;
    counts.set(emptiest, low + 1).set(fullest, high - 1);
    const left = (givable.get(fullest) ?? 0) - 1;
    if (left > 0) givable.set(fullest, left);
    else givable.delete(fullest);
    into.push(emptiest);
  }
  return into;
}

/** The first one in order where several are. */
const least = (zones: readonly string[], counts: ZoneCounts): string | undefined =>
  zones.toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (a < b ? -1 : 1)).at(0);

const most = (zones: readonly string[], counts: ZoneCounts): string | undefined =>
  zones.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1)).at(0);
