/** ECS repeats the message of a situation that lasts after 6 hours. */
const TELL_AGAIN_MS = 6 * 3_600_000;

export interface StandingEvents {
  /** Message to when it was told, for those that still hold. */
  readonly lastTold: Readonly<Record<string, number>>;
  /** Those to tell now. */
  readonly news: ReadonlySet<string>;
  /** Epoch ms: the next one is told again then. */
  readonly tellAgainAt?: number;
}

/**
 * Which messages of situations that hold now are to be told. A message is told when its situation
 * begins, suppressed while that lasts, and forgotten when it ends.
 */
export function tellStanding(
  lastTold: Readonly<Record<string, number>>,
  messages: readonly string[],
  now: number,
): StandingEvents {
  const isNews = (message: string) => now - (lastTold[message] ?? -Infinity) >= TELL_AGAIN_MS;
  const news = new Set(messages.filter(isNews));
  const told = Object.fromEntries(
    messages.map((message) => [message, news.has(message) ? now : (lastTold[message] ?? now)]),
  );
  const times = Object.values(told);
  return {
    lastTold: told,
    news,
    ...(times.length > 0 && { tellAgainAt: Math.min(...times) + TELL_AGAIN_MS }),
  };
}
