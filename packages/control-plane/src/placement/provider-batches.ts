import type { ProviderShare } from "@berth/domain/capacity-provider";
import { shareOut } from "@berth/planner/capacity/share-out";

/** Tasks that are for one provider, or for instances of any where there is no strategy. */
export interface ProviderBatch {
  readonly taskIds: readonly string[];
  readonly provider?: ProviderShare;
}

const NONE_YET: ReadonlyMap<string, number> = new Map();

/**
 * The tasks of one run by the provider that each is for, in their order: the strategy counts the
 * tasks of that run alone, so equal ids always come to the same.
 */
export function byProvider(
  taskIds: readonly string[],
  strategy: readonly ProviderShare[] | undefined,
): readonly ProviderBatch[] {
  if (!strategy) return [{ taskIds }];
  const names = shareOut(strategy, NONE_YET, taskIds.length);
  const tasks = taskIds.map((taskId, index) => ({ taskId, name: names[index] }));
  return [...Map.groupBy(tasks, ({ name }) => name)].map(([name, own]) =>
    providerBatch(
      own.map(({ taskId }) => taskId),
      strategy,
      name,
    ),
  );
}

/** Tasks for the provider of this name; for instances of any where the strategy has none of it. */
export function providerBatch(
  taskIds: readonly string[],
  strategy: readonly ProviderShare[] | undefined,
  name: string | undefined,
): ProviderBatch {
  const provider = strategy?.find(({ capacityProvider }) => capacityProvider === name);
  return { taskIds, ...(provider && { provider }) };
}

/** The same batches with only those tasks that are still to be placed. */
export const stillToPlace = (
  batches: readonly ProviderBatch[],
  isToPlace: (taskId: string) => boolean,
): readonly ProviderBatch[] =>
  batches
    .map((batch) => ({ ...batch, taskIds: batch.taskIds.filter(isToPlace) }))
    .filter(({ taskIds }) => taskIds.length > 0);

/** What placement is asked besides, for tasks of a provider. */
export const requirementOf = ({ provider }: Pick<ProviderBatch, "provider">) =>
  provider ? { capacityProviders: [provider] } : {};

/** What their tasks are launched with besides. */
export const launchedBy = ({ provider }: Pick<ProviderBatch, "provider">) =>
  provider ? { capacityProviderName: provider.capacityProvider } : {};
