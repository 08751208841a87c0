import type { PlannedStart } from "@berth/domain/service";
import type { ProviderShare } from "@berth/domain/capacity-provider";
import type { Member } from "../service/census.ts";
import type { StartBatch } from "../service/decision.ts";
import { type ProviderCounts, shareOut } from "./share-out.ts";

interface ThereAlready {
  readonly kept: readonly Member[];
  readonly planned: readonly PlannedStart[];
}

/**
 * Says of starts which provider each is for, by the strategy over all that there is of the
 * deployment already; as they are where there is no strategy.
 */
export function shareStarts(
  batches: readonly StartBatch[],
  strategy: readonly ProviderShare[] | undefined,
  there: ThereAlready,
): readonly StartBatch[] {
  if (!strategy) return batches;
  const total = batches.reduce((sum, { count }) => sum + count, 0);
  const providers = shareOut(strategy, countProviders(there), total);
  let given = 0;
  return batches.flatMap((batch) => {
    const own = providers.slice(given, given + batch.count);
    given += batch.count;
    return [...Map.groupBy(own, (name) => name)].map(([capacityProvider, { length: count }]) =>
      Object.assign({}, batch, { count, capacityProvider }),
    );
  });
}

function countProviders({ kept, planned }: ThereAlready): ProviderCounts {
  const names = [
    ...kept.map(({ task }) => task.capacityProviderName),
    ...planned.map(({ capacityProvider }) => capacityProvider),
  ].filter((name) => name !== undefined);
  return new Map(
    [...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]),
  );
}
