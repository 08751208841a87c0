import type { Score } from "./ranking.ts";

/** Least left first, of those that fit: the emptiest instances stay empty and can be drained. */
export function binpackScore(field: string | undefined): Score {
  return field?.toLowerCase() === "cpu"
    ? { of: (site) => site.left.cpuUnits }
    : { of: (site) => site.left.memoryMiB };
}
