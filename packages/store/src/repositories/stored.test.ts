import { expect, test } from "vitest";
import { decodedOnce } from "./stored.ts";

const ITEM = { pk: "a", sk: "b", version: 1 };

test("decodes an item that cannot change once, and nobody can change what it holds", () => {
  const decode = decodedOnce(({ sk }) => ({ id: sk }));
  const item = Object.freeze({ ...ITEM });
  expect(decode(item)).toBe(decode(item));
  expect(Object.isFrozen(decode(item))).toBe(true);
});

test("decodes an item that could change anew each time", () => {
  const decode = decodedOnce(({ version }) => ({ version }));
  const item = { ...ITEM };
  expect(decode(item)).toEqual({ version: 1 });
  item.version = 2;
  expect(decode(item)).toEqual({ version: 2 });
});
