/** A map that yields its values by key, in code-unit order. */
export class SortedMap<V> {
  readonly #values = new Map<string, V>();
  readonly #keys: string[] = [];

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#keys.splice(this.#indexOf(key), 0, key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#keys.splice(this.#indexOf(key), 1);
  }

  /** The entries with `low <= key < high`, either of which may be left out. */
  *range(
    bounds: { readonly low?: string; readonly high?: string },
    reverse = false,
  ): Generator<readonly [string, V]> {
    const first = bounds.low === undefined ? 0 : this.#indexOf(bounds.low);
    const end = bounds.high === undefined ? this.#keys.length : this.#indexOf(bounds.high);
    for (let step = 0; step < end - first; step += 1) {
      const key = this.#keys[reverse ? end - 1 - step : first + step] ?? "";
      const value = this.#values.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  /** Where the key is, or would be. */
  #indexOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? "") < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
