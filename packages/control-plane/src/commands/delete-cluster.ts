import type { Cluster } from "@berth/domain/cluster";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { everyService, liveTasks, NO_COUNTS } from "./cluster-counts.ts";
import { dissociate, managedProviders } from "./cluster-providers.ts";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { presentCluster } from "./present/cluster.ts";

/**
 * Makes an empty cluster INACTIVE, without its tags. It stays describable, and its name may be created
 * again.
 *
 * @throws EcsError ClusterNotFoundException, ClusterContainsCapacityProviderException,
 * ClusterContainsContainerInstancesException, ClusterContainsServicesException, ClusterContainsTasksException, InvalidParameterException
 */
export const deleteCluster: Command<"DeleteCluster"> = async (context, request) => {
  for (;;) {
    const cluster = await activeCluster(context, request.cluster);
    checkNoManagedProviders(cluster);
    await checkEmpty(context, cluster.name);
    const deleted = { ...cluster, status: "INACTIVE" as const, tags: [] };
    if ((await context.store.clusters.replace(deleted)) === "conflict") continue;
    await dissociate(context, cluster.name, cluster.capacityProviders);
    const view = { counts: NO_COUNTS, include: ["SETTINGS" as const] };
    return { cluster: presentCluster(context.scope, deleted, view) };
  }
};

function checkNoManagedProviders(cluster: Cluster): void {
  if (managedProviders(cluster).length === 0) return;
  throw new EcsError(
    "ClusterContainsCapacityProviderException",
    "The Cluster cannot be deleted while it has Managed Instances capacity providers.",
  );
}

async function checkEmpty({ store }: CommandContext, cluster: string): Promise<void> {
  if ((await store.instances.all(cluster)).length > 0) {
    throw new EcsError(
      "ClusterContainsContainerInstancesException",
      "The Cluster cannot be deleted while Container Instances are active or draining.",
    );
  }
  if (await some(everyService(store, cluster), ({ status }) => status === "ACTIVE")) {
    throw new EcsError(
      "ClusterContainsServicesException",
      "The Cluster cannot be deleted while Services are active.",
    );
  }
  if (await some(liveTasks(store, cluster), ({ lastStatus }) => lastStatus !== "STOPPED")) {
    throw new EcsError(
      "ClusterContainsTasksException",
      "The Cluster cannot be deleted while Tasks are active.",
    );
  }
  if ((await store.queuedRuns.oldestWaiting(cluster, 1)).length > 0) {
    throw new EcsError(
      "ClusterContainsTasksException",
      "The Cluster cannot be deleted while queued runs wait for capacity in it.",
    );
  }
}

async function some<T>(items: AsyncIterable<T>, holds: (item: T) => boolean): Promise<boolean> {
  for await (const item of items) if (holds(item)) return true;
  return false;
}
