import { describe, expect, test } from "vitest";
import { requestHash } from "./request-hash.ts";

describe("requestHash", () => {
  test("does not depend on the order of members, at any depth", () => {
    const one = { a: 1, b: { c: [{ d: 1, e: 2 }], f: undefined } };
    const other = { b: { c: [{ e: 2, d: 1 }] }, a: 1 };
    expect(requestHash(one)).toBe(requestHash(other));
  });

  test.each([
    { name: "a value", other: { a: 2, b: [1, 2] } },
    { name: "the type of a value", other: { a: "1", b: [1, 2] } },
    { name: "the order of a list", other: { a: 1, b: [2, 1] } },
    { name: "a member more", other: { a: 1, b: [1, 2], c: false } },
  ])("depends on $name", ({ other }) => {
    expect(requestHash(other)).not.toBe(requestHash({ a: 1, b: [1, 2] }));
  });
});
