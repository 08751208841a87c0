import type { Stored } from "@berth/store/store";
import type { WriteOutcome } from "@berth/store/table";

/** Each lost race means that somebody else got on, so only a bug comes near this. */
const MAX_TRIES = 100;

/** An item after a try to change it. */
export interface Persisted<T> {
  readonly before: Stored<T>;
  readonly item: Stored<T>;
  readonly written: boolean;
}

/**
 * Reads, changes and writes one item until no one came between. `change` answers undefined where
 * nothing is to be written.
 *
 * @returns what is stored now and what was before, or undefined where there is no item.
 */
export async function persist<T extends object>(
  find: () => Promise<Stored<T> | undefined>,
  change: (current: Stored<T>) => Stored<T> | undefined,
  replace: (next: Stored<T>) => Promise<WriteOutcome>,
): Promise<Persisted<T> | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const current = await find();
    if (!current) return undefined;
    const next = change(current);
    if (!next) return { before: current, item: current, written: false };
    if ((await replace(next)) === "ok") {
      const item = { ...next, version: next.version + 1 };
      return { before: current, item, written: true };
    }
  }
  throw new Error("An item could not be written: too many writers");
}

/** The same item with this to-do mark, or without one. */
export function withDue<T extends object>(item: Stored<T>, due: number | undefined): Stored<T> {
  const { due: _, ...rest } = item;
  // The rest of a `Stored<T>` is one again with or without its optional mark.
  return (due === undefined ? rest : { ...rest, due }) as Stored<T>;
}
