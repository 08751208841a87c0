import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { ControlPlane } from "../context.ts";
import { collect, everyPage } from "./every-page.ts";

type Store = ControlPlane["store"];
type LaunchType = Task["launchType"];
type CountByLaunchType = Readonly<Record<LaunchType, number>>;

/** How much of what a cluster holds, by launch type where ECS tells it so. */
export interface ClusterCounts {
  readonly registeredContainerInstances: number;
  readonly runningTasks: CountByLaunchType;
  readonly pendingTasks: CountByLaunchType;
  readonly activeServices: CountByLaunchType;
  readonly drainingServices: CountByLaunchType;
}

const NONE: CountByLaunchType = { EC2: 0, FARGATE: 0, EXTERNAL: 0 };

export const NO_COUNTS: ClusterCounts = {
  registeredContainerInstances: 0,
  runningTasks: NONE,
  pendingTasks: NONE,
  activeServices: NONE,
  drainingServices: NONE,
};

/**
 * Counted from what is there: a counter of its own would cost every task a write. The ledgers tell
 * which tasks there are, so those that stopped long ago cost nothing.
 */
export async function countCluster(store: Store, cluster: string): Promise<ClusterCounts> {
  const [instances, services] = await Promise.all([
    store.instances.all(cluster),
    collect(everyService(store, cluster)),
  ]);
  const taskIds = instances.flatMap(({ ledger }) => Object.keys(ledger.reservations));
  const tasks = await store.tasks.findMany(cluster, taskIds);
  const tasksThatAre = (status: Task["lastStatus"]) =>
    byLaunchType(tasks.filter(({ lastStatus }) => lastStatus === status));
  const servicesThatAre = (state: Service["status"]) =>
    byLaunchType(services.filter(({ status }) => status === state));
  return {
    registeredContainerInstances: instances.length,
    runningTasks: tasksThatAre("RUNNING"),
    pendingTasks: tasksThatAre("PENDING"),
    activeServices: servicesThatAre("ACTIVE"),
    drainingServices: servicesThatAre("DRAINING"),
  };
}

/** Tasks that are not archived; stopped ones among them. */
export const liveTasks = (store: Store, cluster: string): AsyncGenerator<Task> =>
  everyPage((page) => store.tasks.page({ cluster, archived: false }, page));

/** Services that are not INACTIVE. */
export const everyService = (store: Store, cluster: string): AsyncGenerator<Service> =>
  everyPage((page) => store.services.page(cluster, page));

export const sumOf = (counts: CountByLaunchType): number =>
  counts.EC2 + counts.FARGATE + counts.EXTERNAL;

function byLaunchType(
  items: readonly { readonly launchType?: LaunchType | undefined }[],
): CountByLaunchType {
  const count = (wanted: LaunchType) =>
    items.filter(({ launchType = "EC2" }) => launchType === wanted).length;
  return { EC2: count("EC2"), FARGATE: count("FARGATE"), EXTERNAL: count("EXTERNAL") };
}
