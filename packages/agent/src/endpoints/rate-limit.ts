/** Requests a second, and at once. */
export interface RateLimits {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  readonly tokens: number;
  /** Epoch ms. */
  readonly at: number;
}

const MAX_BUCKETS = 1_000;

/** A token bucket for each client. */
export class RateLimit {
  readonly #limits: RateLimits;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: RateLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Whether one more is within the limit; it then counts. */
  take(client: string): boolean {
    const { perSecond, burst } = this.#limits;
    const now = this.#now();
    const { tokens: before, at } = this.#buckets.get(client) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, before + (Math.max(0, now - at) / 1_000) * perSecond);
    const isWithin = tokens >= 1;
    if (this.#buckets.size >= MAX_BUCKETS) this.#forgetFull();
    this.#buckets.set(client, { tokens: isWithin ? tokens - 1 : tokens, at: now });
    return isWithin;
  }

  /** Who has not asked for long has all again, as a stranger has. */
  #forgetFull(): void {
    const { perSecond, burst } = this.#limits;
    const fullAfterMs = (burst / perSecond) * 1_000;
    for (const [client, { at }] of this.#buckets) {
      if (this.#now() - at >= fullAfterMs) this.#buckets.delete(client);
    }
  }
}
