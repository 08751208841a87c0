import { type ContainerUsage, USAGE_CURRENT_MS } from "@berth/domain/container-usage";
import type { Reservation } from "@berth/domain/container-instance";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { StoredInstance } from "@berth/store/store";
import { collect } from "../commands/every-page.ts";
import { everyService } from "../commands/cluster-counts.ts";
import type { ControlPlane } from "../context.ts";

/** What there is in a cluster, and what its containers used when their agents spoke last. */
export interface ClusterUsage {
  readonly instances: readonly InstanceUsage[];
  readonly services: readonly Service[];
}

export interface InstanceUsage extends StoredInstance {
  readonly tasks: readonly TaskUsage[];
}

export interface TaskUsage {
  readonly id: string;
  readonly reservation: Reservation;
  /** Absent for a moment, after its place was reserved. */
  readonly task: Task | undefined;
  /** Absent where nothing was heard of it for a minute. */
  readonly latest: LatestUsage | undefined;
}

export interface LatestUsage {
  /** Epoch ms. */
  readonly at: number;
  readonly containers: readonly ContainerUsage[];
}

/** So many instances are asked about at once. */
const AT_ONCE = 50;

/**
 * Reads a cluster. Tasks are those on the ledgers, so what an agent says of others counts for nothing.
 * For each instance it takes half a read unit and that for its ledger, and half a unit for each task.
 */
export async function readClusterUsage(
  { store, now }: Pick<ControlPlane, "store" | "now">,
  cluster: string,
): Promise<ClusterUsage> {
  const instances = await store.instances.all(cluster);
  const taskIds = instances.flatMap(({ ledger }) => Object.keys(ledger.reservations));
  const from = now() - USAGE_CURRENT_MS;
  const [tasks, services, latest] = await Promise.all([
    store.tasks.glance(cluster, taskIds),
    collect(everyService(store, cluster)),
    inPortions(instances, async ({ instance }) =>
      latestOf(await store.usage.since(instance, from)),
    ),
  ]);
  const tasksById = new Map(tasks.map((task) => [task.id, task]));
  return {
    services,
    instances: instances.map(({ instance, ledger }, index) => ({
      instance,
      ledger,
      tasks: Object.entries(ledger.reservations).map(([id, reservation]) => ({
        id,
        reservation,
        task: tasksById.get(id),
        latest: latest[index]?.get(id),
      })),
    })),
  };
}

/** By task: what was told last. */
function latestOf(reports: readonly LatestUsage[]): ReadonlyMap<string, LatestUsage> {
  const latest = new Map<string, LatestUsage>();
  for (const { at, containers } of reports) {
    for (const [taskId, own] of Map.groupBy(containers, (each) => each.taskId)) {
      latest.set(taskId, { at, containers: own });
    }
  }
  return latest;
}

async function inPortions<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(read))));
  }
  return results;
}
