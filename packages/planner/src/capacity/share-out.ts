import type { CapacityProviderStrategyItem } from "@berth/domain/cluster";

/** So many tasks there are for each provider, by its name. */
export type ProviderCounts = ReadonlyMap<string, number>;

/**
 * Which provider each of the next tasks is for, in their order: first the one with a base until it
 * has so many, then by weight over all that are there beyond the base. ECS says the ratio and not
 * the order; here the next task is for whoever would then be the least above its share, so that
 * every beginning of the order is as near the ratio as whole tasks can be (ADR 0028). Source: ECS
 * API reference, CapacityProviderStrategyItem.
 */
export function shareOut(
  strategy: readonly CapacityProviderStrategyItem[],
  counts: ProviderCounts,
  tasks: number,
): readonly string[] {
  const now = new Map(counts);
  const weights = weightsOf(strategy);
  const turnOf = (item: CapacityProviderStrategyItem): number => {
    const count = now.get(item.capacityProvider) ?? 0;
    if (count < item.base) return BEFORE_ALL;
    return middle(count - item.base, weights.get(item.capacityProvider) ?? 0);
  };
  return Array.from({ length: tasks }, () => {
    const next = strategy.reduce((best, each) => (turnOf(each) < turnOf(best) ? each : best));
    now.set(next.capacityProvider, (now.get(next.capacityProvider) ?? 0) + 1);
    return next.capacityProvider;
  });
}

/**
 * How far the latest task of a provider is above its share: of whom that is most, one goes first, so
 * that leaving is joining backwards. What the strategy does not name has no share at all.
 */
export function excessOf(
  strategy: readonly CapacityProviderStrategyItem[],
  capacityProvider: string | undefined,
  count: number,
): number {
  const item = strategy.find((each) => each.capacityProvider === capacityProvider);
  if (!item) return AFTER_ALL;
  if (count <= item.base) return BEFORE_ALL;
  return middle(count - item.base - 1, weightsOf(strategy).get(item.capacityProvider) ?? 0);
}

const BEFORE_ALL = -1;
const AFTER_ALL = Number.MAX_VALUE;

/** Halfway through the turn of the next task after so many (Webster's divisors): no provider is favoured for its size. */
const middle = (count: number, weight: number): number =>
  weight === 0 ? AFTER_ALL : (count + 0.5) / weight;

/** A provider that is alone takes all tasks, whatever its weight. */
function weightsOf(strategy: readonly CapacityProviderStrategyItem[]): ReadonlyMap<string, number> {
  return new Map(
    strategy.map(({ capacityProvider, weight }) => [
      capacityProvider,
      strategy.length === 1 ? 1 : weight,
    ]),
  );
}
