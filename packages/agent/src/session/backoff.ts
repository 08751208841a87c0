/** Growing waits between attempts that fail one after the other. All times in ms. */
export class Backoff {
  readonly #firstMs: number;
  readonly #factor: number;
  readonly #maxMs: number;
  #nextMs: number;

  constructor(limits: {
    readonly firstMs: number;
    readonly factor: number;
    readonly maxMs: number;
  }) {
    this.#firstMs = limits.firstMs;
    this.#factor = limits.factor;
    this.#maxMs = limits.maxMs;
    this.#nextMs = limits.firstMs;
  }

  /** How long to wait now: a fifth more or less, so that agents do not come back in step. */
  next(): number {
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(this.#maxMs, waitMs * this.#factor);
    return waitMs * (0.8 + Math.random() * 0.4);
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
