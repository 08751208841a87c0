import type { PlannedStart, Unplaced } from "@berth/domain/service";
import { type Alike, decodeAlike, encodeAlike } from "./alike-format.ts";

/** A planned start whose reasons are held once for all that failed alike. */
export interface CompactStart extends Omit<PlannedStart, "unplaced"> {
  /** Index into the reasons. */
  readonly unplaced?: number;
}

export interface CompactStarts {
  readonly starts: readonly (Alike<CompactStart> | CompactStart)[];
  readonly unplacedReasons?: readonly Unplaced[];
}

/**
 * What one instance lacked for a task, it lacks for all tasks of the same try: written once, or the
 * reasons of many starts on many instances would outgrow an item.
 */
export function encodeStarts(planned: readonly PlannedStart[]): CompactStarts {
  const reasons = new Map<string, { readonly index: number; readonly unplaced: Unplaced }>();
  const compact = planned.map(({ unplaced, ...start }): CompactStart => {
    if (!unplaced) return start;
    const text = JSON.stringify(unplaced);
    const reason = reasons.get(text) ?? { index: reasons.size, unplaced };
    reasons.set(text, reason);
    return { ...start, unplaced: reason.index };
  });
  const starts = encodeAlike(compact);
  if (reasons.size === 0) return { starts };
  return { starts, unplacedReasons: [...reasons.values()].map((each) => each.unplaced) };
}

/** Expects what `encodeStarts` made, or the starts one by one. */
export function decodeStarts(compact: CompactStarts): readonly PlannedStart[] {
  return decodeAlike(compact.starts).map(({ unplaced: index, ...start }) => {
    const unplaced = index === undefined ? undefined : compact.unplacedReasons?.[index];
    return unplaced ? Object.assign(start, { unplaced }) : start;
  });
}
