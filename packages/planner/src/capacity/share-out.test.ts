import type { CapacityProviderStrategyItem } from "@berth/domain/cluster";
import { describe, expect, test } from "vitest";
import { excessOf, shareOut } from "./share-out.ts";

/** Such as `a:1+2 b:4`: weight 1 and base 2, weight 4. */
const strategy = (text: string): readonly CapacityProviderStrategyItem[] =>
  text.split(" ").map((part) => {
    const [capacityProvider = "", numbers = ""] = part.split(":");
    const [weight, base = 0] = numbers.split("+").map(Number);
    return { capacityProvider, weight: weight ?? 0, base };
  });

/** Such as `a 2 b 1`. */
const counts = (text: string): ReadonlyMap<string, number> =>
  new Map([...text.matchAll(/(\w) (\d+)/g)].map(([, name = "", count]) => [name, Number(count)]));

describe("the next tasks by a strategy", () => {
  test.each([
    { name: "to the only provider", by: "a:1", there: "", next: "aaa" },
    { name: "to the only provider, whatever its weight", by: "a:0", there: "", next: "aaa" },
    { name: "evenly where weights are equal", by: "a:1 b:1", there: "", next: "abab" },
    { name: "in the ratio of the weights", by: "a:1 b:4", there: "", next: "bbabb" },
    { name: "in the same ratio from then on", by: "a:1 b:4", there: "a 1 b 4", next: "bbabb" },
    { name: "in a ratio of large weights", by: "a:1000 b:500", there: "", next: "abaaba" },
    { name: "first to the base", by: "a:0+2 b:1", there: "", next: "aabbb" },
    { name: "to the base though it comes last", by: "b:1 a:1+2", there: "", next: "aaba" },
    { name: "by weight beyond the base alone", by: "a:1+2 b:1", there: "", next: "aaabab" },
    {
      name: "to what the base lacks of what is there",
      by: "a:1+3 b:1",
      there: "a 1",
      next: "aaab",
    },
    { name: "to who has too few of what is there", by: "a:1 b:1", there: "a 3", next: "bbbab" },
    { name: "never to weight 0 beyond the base", by: "a:0+1 b:1", there: "a 1", next: "bbb" },
    { name: "never to weight 0 without a base", by: "a:0 b:1 c:0", there: "", next: "bbb" },
    { name: "to three", by: "a:2 b:1 c:1", there: "", next: "abca" },
    { name: "as if what it does not name were not there", by: "a:1 b:1", there: "x 9", next: "ab" },
  ])("goes $name", ({ by, there, next }) => {
    expect(shareOut(strategy(by), counts(there), next.length).join("")).toBe(next);
  });

  test("is nothing where none is wanted", () => {
    expect(shareOut(strategy("a:1"), counts(""), 0)).toEqual([]);
  });
});

describe("who loses a task first", () => {
  test.each([
    { name: "who is above its share", by: "a:1 b:1", there: "a 3 b 2", first: "a" },
    { name: "who is above it by weight", by: "a:1 b:4", there: "a 2 b 4", first: "a" },
    {
      name: "who has the smaller part of the ratio too many",
      by: "a:4 b:1",
      there: "a 5 b 1",
      first: "a",
    },
    { name: "whoever is beyond the base", by: "a:1+2 b:1", there: "a 2 b 1", first: "b" },
    { name: "who has no weight, beyond the base", by: "a:0+1 b:1", there: "a 2 b 5", first: "a" },
    { name: "what the strategy does not name", by: "a:0 b:1", there: "a 1 b 9 x 1", first: "x" },
  ])("is $name", ({ by, there, first }) => {
    const excess = [...counts(there)].map(
      ([name, count]) => [name, excessOf(strategy(by), name, count)] as const,
    );
    const most = excess.reduce((best, each) => (each[1] > best[1] ? each : best));
    // What has no share and what has none left are alike: both go before all others.
    const alike = excess.filter(([, each]) => each === most[1]).map(([name]) => name);
    expect(alike).toContain(first);
  });

  test("is a task of no provider, where all are to have one", () => {
    const none = excessOf(strategy("a:1"), undefined, 1);
    expect(none).toBeGreaterThan(excessOf(strategy("a:1"), "a", 100));
  });

  test("is last who has no more than the base", () => {
    const base = excessOf(strategy("a:9+3 b:1"), "a", 3);
    expect(base).toBeLessThan(excessOf(strategy("a:9+3 b:1"), "b", 1));
  });
});
