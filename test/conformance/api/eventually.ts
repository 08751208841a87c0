import { setTimeout as delay } from "node:timers/promises";

const TIMEOUT_MS = 30_000;
const INTERVAL_MS = 50;

/** Asks again until there is an answer. Says what was waited for where it never comes. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await delay(INTERVAL_MS);
  }
}
