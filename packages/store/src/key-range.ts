/** Which sort keys a page is about: `low <= key < high`; a missing bound is open. */
export interface KeyRange {
  readonly low?: string;
  readonly high?: string;
}

export interface RangeOptions {
  readonly skPrefix?: string;
  /** Exclusive: the key to go on after, in the direction of reading. */
  readonly startAfter?: string;
  readonly reverse?: boolean;
}

/**
 * The keys with this prefix that come after `startAfter`, which may lie outside of the prefix.
 * Undefined where there can be none.
 */
export function keyRange({ skPrefix, startAfter, reverse }: RangeOptions): KeyRange | undefined {
  const low = highest(skPrefix, reverse ? undefined : afterKey(startAfter));
  const high = lowest(skPrefix && `${skPrefix}${LAST}`, reverse ? startAfter : undefined);
  if (low !== undefined && high !== undefined && low >= high) return undefined;
  return { ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
}

/** Sorts after every character that a key holds, in UTF-16 as in DynamoDB's UTF-8. */
const LAST = "\uFFFF";

/** The least string above this one. */
const afterKey = (key: string | undefined) => (key === undefined ? undefined : `${key}\u0000`);

const present = (keys: readonly (string | undefined)[]) =>
  keys.filter((key): key is string => key !== undefined && key !== "").toSorted();

const highest = (...keys: readonly (string | undefined)[]) => present(keys).at(-1);
const lowest = (...keys: readonly (string | undefined)[]) => present(keys).at(0);
