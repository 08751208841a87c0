import { setImmediate as macrotask } from "node:timers/promises";
import TinyQueue from "tinyqueue";

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
  readonly #events = new TinyQueue<Event>([], (a, b) => a.at - b.at || a.order - b.order);

  constructor(start: number) {
    this.now = start;
  }

  after(delayMs: number, run: () => void): void {
    this.#events.push({ at: this.now + delayMs, order: (this.#order += 1), run });
  }

  async delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  /** Runs what is next and everything that follows from it without waiting. */
  async step(): Promise<boolean> {
    const event = this.#events.pop();
    if (!event) return false;
    this.now = event.at;
    event.run();
    // Promise reactions run to their end before the next macrotask.
    await macrotask();
    return true;
  }

  /** Runs all that is to happen until then, and stands at that moment. */
  async runUntil(end: number): Promise<void> {
    // What was begun from outside goes on at the moment at which it was.
    await macrotask();
    for (let next = this.#events.peek(); next && next.at <= end; next = this.#events.peek()) {
      await this.step();
    }
    this.now = Math.max(this.now, end);
  }
}
