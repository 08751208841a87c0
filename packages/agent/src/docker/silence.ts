/** Ends in an abort where nothing is heard for too long. */
export class Silence {
  readonly message: string;
  readonly #limitMs: number;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.message = `inactivity time exceeded timeout while pulling image: ${limitMs / 1_000} s`;
    this.#limitMs = limitMs;
    this.end();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something was heard. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.signal.aborted) return;
    this.#timer = setTimeout(() => this.#controller.abort(), this.#limitMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

/** Rejects once the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) throw signal.reason;
  signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  return promise;
}
