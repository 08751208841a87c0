/**
 * A clock that never says the same number twice: the numbers of an agent's messages have to rise, and
 * two of them may be due within one millisecond.
 *
 * @param now Epoch ms
 */
export function risingClock(now: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(now(), last + 1);
    return last;
  };
}
