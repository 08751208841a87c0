import type { Cell } from "./cells.ts";

/** Users name what they spread over: whoever makes up names must not fill the memory. */
const MAX_KEPT = 8;

/** Cells by the attributes that they are told apart by: those asked for last. */
export class KeptCells {
  readonly #byNames = new Map<string, readonly Cell[]>();
  readonly #limit: number;

  constructor(limit = MAX_KEPT) {
    this.#limit = limit;
  }

  get(names: readonly string[], make: () => readonly Cell[]): readonly Cell[] {
    const key = JSON.stringify(names);
    const cells = this.#byNames.get(key) ?? make();
    // At the end of the map: the one at its beginning was not asked for the longest time.
    this.#byNames.delete(key);
    this.#byNames.set(key, cells);
    const [oldest] = this.#byNames.keys();
    if (this.#byNames.size > this.#limit && oldest !== undefined) this.#byNames.delete(oldest);
    return cells;
  }

  clear(): void {
    this.#byNames.clear();
  }
}
