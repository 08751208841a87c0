/** Room for so many at once, of which one that takes long gives its place to the next. */
export class Slots {
  readonly #limit: number;
  readonly #holdMs: number;
  readonly #onFree: () => void;
  #taken = 0;

  /**
   * @param holdMs how long something counts that does not end
   * @param onFree called where a place came free before its holder was done
   */
  constructor(
    limit: number,
    { holdMs, onFree }: { readonly holdMs: number; readonly onFree: () => void },
  ) {
    this.#limit = limit;
    this.#holdMs = holdMs;
    this.#onFree = onFree;
  }

  /** A place, to be given back by what this returns; undefined where there is none. */
  take(): (() => void) | undefined {
    if (this.#limit === Number.POSITIVE_INFINITY) return () => undefined;
    if (this.#taken >= this.#limit) return undefined;
    this.#taken += 1;
    let isHeld = true;
    const release = () => {
      if (isHeld) this.#taken -= 1;
      isHeld = false;
      clearTimeout(timer);
    };
    const timer = setTimeout(() => {
      release();
      this.#onFree();
    }, this.#holdMs);
    timer.unref();
    return release;
  }
}
