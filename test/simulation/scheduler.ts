import { setImmediate as macrotask } from "node:timers/promises";

/** Deterministic numbers from one seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0 and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(values: readonly T[]): T | undefined {
    return values[Math.floor(this.next() * values.length)];
  }

  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.between(0, 15).toString(16)).join("");
  }
}

interface Event {
  readonly at: number;
  readonly order: number;
  run(): void;
}

/**
 * The only clock and the only source of waiting of a simulated world: everything asynchronous waits
 * here, so that one seed decides every interleaving.
 */
export class Scheduler {
  now: number;
  #order = 0;
  readonly #events: Event[] = [];

  constructor(start: number) {
    this.now = start;
  }

  after(delayMs: number, run: () => void): void {
    const event = { at: this.now + delayMs, order: (this.#order += 1), run };
    const index = this.#events.findLastIndex((each) => each.at <= event.at);
    this.#events.splice(index + 1, 0, event);
  }

  async delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  /** Runs what is next and everything that follows from it without waiting. */
  async step(): Promise<boolean> {
    const event = this.#events.shift();
    if (!event) return false;
    this.now = event.at;
    event.run();
    // Promise reactions run to their end before the next macrotask.
    await macrotask();
    return true;
  }
}
