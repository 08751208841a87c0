import type { StatisticSet } from "@berth/contracts/agent/container-metrics";

/** Samples of one figure, of which only their statistics are kept. */
export class Samples {
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#sum += value;
    this.#count += 1;
  }

  /** What was added since the last time; undefined where nothing was. */
  take(): StatisticSet | undefined {
    if (this.#count === 0) return undefined;
    const set = { min: this.#min, max: this.#max, sum: this.#sum, sampleCount: this.#count };
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = 0;
    this.#sum = 0;
    this.#count = 0;
    return set;
  }
}
