import type { CapacityProviderStrategyItem } from "@berth/domain/cluster";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { excessOf, shareOut } from "./share-out.ts";

const NAMES = ["a", "b", "c", "d"];

/** As ECS takes them: one base at most, and one weight at least. */
const strategies: fc.Arbitrary<readonly CapacityProviderStrategyItem[]> = fc
  .record({
    weights: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
    base: fc.integer({ min: 0, max: 6 }),
    on: fc.nat(3),
  })
  .filter(({ weights }) => weights.some((weight) => weight > 0))
  .map(({ weights, base, on }) =>
    weights.map((weight, index) => ({
      capacityProvider: NAMES[index] ?? "",
      weight,
      base: index === on % weights.length ? base : 0,
    })),
  );

const someCounts = fc
  .tuple(...NAMES.map(() => fc.nat(8)))
  .map((counts) => new Map(NAMES.map((name, index) => [name, counts[index] ?? 0])));

const countsOf = (names: readonly string[]) =>
  new Map(NAMES.map((name) => [name, names.filter((each) => each === name).length]));

const totalWeight = (strategy: readonly CapacityProviderStrategyItem[]) =>
  strategy.reduce((sum, { weight }) => sum + weight, 0);

test("a beginning of the order is the order of the beginning", () => {
  fc.assert(
    fc.property(strategies, someCounts, fc.nat(30), fc.nat(30), (strategy, counts, a, b) => {
      const all = shareOut(strategy, counts, a + b);
      expect(all.slice(0, a)).toEqual(shareOut(strategy, counts, a));
    }),
  );
});

test("the base is met before anybody else has one", () => {
  fc.assert(
    fc.property(strategies, fc.nat(20), (strategy, tasks) => {
      const shared = countsOf(shareOut(strategy, new Map(), tasks));
      for (const { capacityProvider, base } of strategy) {
        const least = Math.min(base, tasks);
        expect(shared.get(capacityProvider)).toBeGreaterThanOrEqual(least);
      }
    }),
  );
});

test("full rounds are in the exact ratio", () => {
  fc.assert(
    fc.property(strategies, fc.integer({ min: 1, max: 4 }), (strategy, rounds) => {
      const base = strategy.reduce((sum, each) => sum + each.base, 0);
      const tasks = base + rounds * totalWeight(strategy);
      const shared = countsOf(shareOut(strategy, new Map(), tasks));
      for (const { capacityProvider, weight, base: own } of strategy) {
        expect(shared.get(capacityProvider)).toBe(own + rounds * weight);
      }
    }),
  );
});

test("in between nobody is two tasks from its share", () => {
  fc.assert(
    fc.property(strategies, fc.nat(40), (strategy, beyond) => {
      const base = strategy.reduce((sum, each) => sum + each.base, 0);
      const shared = countsOf(shareOut(strategy, new Map(), base + beyond));
      for (const { capacityProvider, weight, base: own } of strategy) {
        const exact = own + (beyond * weight) / totalWeight(strategy);
        expect(Math.abs((shared.get(capacityProvider) ?? 0) - exact)).toBeLessThan(2);
      }
    }),
  );
});

test("whatever is there, enough new tasks bring the ratio back", () => {
  fc.assert(
    fc.property(strategies, someCounts, (strategy, counts) => {
      const all = new Map(counts);
      for (const name of shareOut(strategy, counts, 300)) all.set(name, (all.get(name) ?? 0) + 1);
      const weighted = strategy.filter(({ weight }) => weight > 0);
      const rounds = weighted.map(
        ({ capacityProvider, weight, base }) => ((all.get(capacityProvider) ?? 0) - base) / weight,
      );
      expect(Math.max(...rounds) - Math.min(...rounds)).toBeLessThanOrEqual(1);
    }),
  );
});

test("who leaves is who came last: taking away undoes what was added", () => {
  fc.assert(
    fc.property(strategies, fc.nat(30), (strategy, tasks) => {
      const order = shareOut(strategy, new Map(), tasks);
      const left = new Map(countsOf(order));
      for (const name of order.toReversed()) {
        const excess = strategy
          .map(({ capacityProvider }) => capacityProvider)
          .filter((each) => (left.get(each) ?? 0) > 0)
          .map((each) => [each, excessOf(strategy, each, left.get(each) ?? 0)] as const);
        const most = Math.max(...excess.map(([, each]) => each));
        expect(excess.filter(([, each]) => each === most).map(([each]) => each)).toContain(name);
        left.set(name, (left.get(name) ?? 0) - 1);
      }
    }),
  );
});
