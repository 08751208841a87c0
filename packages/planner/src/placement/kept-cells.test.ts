import { expect, test } from "vitest";
import type { Cell } from "./cells.ts";
import { KeptCells } from "./kept-cells.ts";

const cells: readonly Cell[] = [];

/** Asks for cells by these attributes in turn, and tells which had to be made. */
function madeFor(kept: KeptCells, asked: readonly string[]): readonly string[] {
  return asked.filter((name) => {
    let isMade = false;
    kept.get([name], () => {
      isMade = true;
      return cells;
    });
    return isMade;
  });
}

test("cells are made once while they are asked for", () => {
  const kept = new KeptCells();
  expect(madeFor(kept, ["a", "b", "a", "b"])).toEqual(["a", "b"]);
});

test("no more are kept than the limit, those asked for last", () => {
  const kept = new KeptCells(2);
  expect(madeFor(kept, ["a", "b", "a", "c"])).toEqual(["a", "b", "c"]);
  expect(madeFor(kept, ["a", "c", "b"])).toEqual(["b"]);
});

test("names that read alike one after the other are not mixed up", () => {
  const kept = new KeptCells();
  expect(kept.get(["a", "b"], () => cells)).toBe(cells);
  const others: readonly Cell[] = [];
  expect(kept.get(["a,b"], () => others)).toBe(others);
});

test("all are made anew once the instances have changed", () => {
  const kept = new KeptCells();
  madeFor(kept, ["a"]);
  kept.clear();
  expect(madeFor(kept, ["a"])).toEqual(["a"]);
});
