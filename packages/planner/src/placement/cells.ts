import type { Site } from "./site.ts";

/**
 * Sites that share their values of some attributes: between them these attributes decide nothing.
 */
export interface Cell {
  /** Its values, in the order of the names; `ABSENT` where it has none. */
  readonly values: readonly string[];
  /** In the order of their ids. */
  readonly sites: readonly Site[];
}

/** No value of an attribute has a line end. Source: ECS API reference, Attribute. */
export const ABSENT = "\n";

/** Sites by their values of these attributes; all in one cell where there are none. */
export function cellsOf(sites: readonly Site[], names: readonly string[]): readonly Cell[] {
  const cells = Map.groupBy(sites, ({ attributes }) => {
    let key = "";
    for (const name of names) key += `${attributes.get(name) ?? ABSENT}\n\n`;
    return key;
  });
  return [...cells.values()].map((members) => ({
    values: names.map((name) => members[0]?.attributes.get(name) ?? ABSENT),
    sites: members,
  }));
}
