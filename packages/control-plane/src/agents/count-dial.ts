import type { Dials } from "@berth/domain/session";

const WINDOW_MS = 60_000;
/** Agents dial anew twice an hour, and once more for each restart of theirs or ours. */
const MAX_DIALS = 10;

/**
 * The dials of an instance within a minute with one more, or undefined where that is too many. Those
 * that are refused do not count: who dials on and on is let in ten times a minute (ADR 0036).
 */
export function countDial(before: Dials | undefined, now: number): Dials | undefined {
  if (!before || before.since + WINDOW_MS <= now) return { since: now, count: 1 };
  return before.count < MAX_DIALS ? { ...before, count: before.count + 1 } : undefined;
}
