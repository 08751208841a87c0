import type { TaskDefinition } from "@berth/domain/task-definition";
import type { StoreReader } from "@berth/store/store";

/** Enough for every definition in use at a time; a full cache begins anew. */
const MAX_ENTRIES = 2_000;

/** A store, or as much of one as is asked here. */
export type Definitions = Pick<StoreReader, "taskDefinitions">;

const caches = new WeakMap<Definitions, Map<string, TaskDefinition>>();

/**
 * What a task was started from, by `family:revision`. A revision never changes except for its status
 * and its tags, so copies are kept in the process: whoever needs those reads the store instead.
 */
export async function definitionNamed(
  controlPlane: { readonly store: Definitions },
  name: string,
): Promise<TaskDefinition | undefined> {
  const cache = cacheOf(controlPlane.store);
  const known = cache.get(name);
  if (known) return known;
  const separator = name.lastIndexOf(":");
  const found = await controlPlane.store.taskDefinitions.find(
    name.slice(0, separator),
    Number(name.slice(separator + 1)),
  );
  if (found) remember(cache, name, found);
  return found;
}

/** The same for many; those that do not exist are left out. */
export async function definitionsNamed(
  controlPlane: { readonly store: Definitions },
  names: Iterable<string>,
): Promise<ReadonlyMap<string, TaskDefinition>> {
  const found = await Promise.all(
    [...new Set(names)].map(
      async (name) => [name, await definitionNamed(controlPlane, name)] as const,
    ),
  );
  return new Map(
    found.flatMap(([name, definition]) => (definition ? [[name, definition] as const] : [])),
  );
}

function cacheOf(store: Definitions): Map<string, TaskDefinition> {
  const cache = caches.get(store) ?? new Map<string, TaskDefinition>();
  caches.set(store, cache);
  return cache;
}

function remember(cache: Map<string, TaskDefinition>, name: string, found: TaskDefinition): void {
  if (cache.size >= MAX_ENTRIES) cache.clear();
  cache.set(name, found);
}
