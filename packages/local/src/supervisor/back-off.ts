const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 10_000;
/** A program that ran for so long was well; its next death starts the count anew. */
const STABLE_AFTER_MS = 20_000;

/** How many times in a row a program has died, given how long it lived this time. */
export function deathsInARow(before: number, livedMs: number): number {
  return livedMs >= STABLE_AFTER_MS ? 1 : before + 1;
}

/** How long to wait before the next start: doubles with each death in a row. */
export function restartDelayMs(deaths: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (deaths - 1), MAX_DELAY_MS);
}
