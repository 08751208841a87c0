import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { ControlPlane } from "../context.ts";
import { everyPage } from "./every-page.ts";

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

/** Counted from what is there, page by page: a counter of its own would cost every task a write. */
export async function countCluster(store: Store, cluster: string): Promise<ClusterCounts> {
  const [instances, tasks, services] = await Promise.all([
    store.instances.all(cluster),
    countBy(liveTasks(store, cluster), ({ lastStatus }) => lastStatus),
    countBy(everyService(store, cluster), ({ status }) => status),
  ]);
  return {
    registeredContainerInstances: instances.length,
    runningTasks: tasks.get("RUNNING") ?? NONE,
    pendingTasks: tasks.get("PENDING") ?? NONE,
    activeServices: services.get("ACTIVE") ?? NONE,
    drainingServices: services.get("DRAINING") ?? NONE,
  };
}

/** Tasks that the controllers still deal with; stopped ones among them. */
export const liveTasks = (store: Store, cluster: string): AsyncGenerator<Task> =>
  everyPage((page) => store.tasks.page({ cluster, archived: false }, page));

/** Services that are not INACTIVE. */
export const everyService = (store: Store, cluster: string): AsyncGenerator<Service> =>
  everyPage((page) => store.services.page(cluster, page));

export const sumOf = (counts: CountByLaunchType): number =>
  counts.EC2 + counts.FARGATE + counts.EXTERNAL;

async function countBy<T extends { readonly launchType?: LaunchType | undefined }>(
  items: AsyncIterable<T>,
  stateOf: (item: T) => string,
): Promise<ReadonlyMap<string, CountByLaunchType>> {
  const counts = new Map<string, CountByLaunchType>();
  for await (const item of items) {
    const before = counts.get(stateOf(item)) ?? NONE;
    const launchType = item.launchType ?? "EC2";
    counts.set(stateOf(item), { ...before, [launchType]: before[launchType] + 1 });
  }
  return counts;
}
