import type { TaskSeries, WholeClusterMetrics } from "@berth/contracts/rest/metrics";
import { containerInstanceArn, taskArn } from "@berth/domain/arn";
import { USAGE_KEPT_MS } from "@berth/domain/container-usage";
import { collect, everyPage } from "../commands/every-page.ts";
import { activeCluster } from "../commands/find-cluster.ts";
import type { CommandContext } from "../context.ts";
import { readClusterUsage } from "./cluster-usage.ts";
import { findTask, type TaskRequest } from "./find-task.ts";
import { presentClusterUsage, presentContainer } from "./present-usage.ts";

/**
 * What a cluster's instances, services and tasks have and use: `GET /v1/clusters/{cluster}/metrics`.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export async function getClusterMetrics(
  context: CommandContext,
  nameOrArn: string | undefined,
): Promise<WholeClusterMetrics> {
  const { name: cluster } = await activeCluster(context, nameOrArn);
  const subject = { scope: context.scope, cluster, at: context.now() };
  return presentClusterUsage(subject, await readClusterUsage(context, cluster));
}

/**
 * The same of one cluster or of all, by name: `GET /v1/metrics`.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export async function getMetrics(
  context: CommandContext,
  nameOrArn: string | undefined,
): Promise<readonly WholeClusterMetrics[]> {
  if (nameOrArn !== undefined) return [await getClusterMetrics(context, nameOrArn)];
  const all: WholeClusterMetrics[] = [];
  // One after the other: each is many reads by itself.
  for (const name of await collect(everyPage((page) => context.store.clusters.list(page)))) {
    const subject = { scope: context.scope, cluster: name, at: context.now() };
    all.push(presentClusterUsage(subject, await readClusterUsage(context, name)));
  }
  return all;
}

/**
 * What a task's containers used in the last hour: `GET /v1/clusters/{cluster}/tasks/{task}/metrics`.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ResourceNotFoundException
 */
export async function getTaskSeries(
  context: CommandContext,
  request: TaskRequest,
): Promise<TaskSeries> {
  const { scope, store } = context;
  const { cluster, id, containerInstanceId } = await findTask(context, request);
  const [stored, reports] = await Promise.all([
    store.instances.find(cluster, containerInstanceId),
    store.usage.since({ cluster, id: containerInstanceId }, context.now() - USAGE_KEPT_MS),
  ]);
  // Without the instance nobody knows of what the figures are percent.
  const registered = stored?.instance.registered.cpuUnits;
  return {
    taskArn: taskArn(scope, cluster, id),
    containerInstanceArn: containerInstanceArn(scope, cluster, containerInstanceId),
    points: reports.flatMap(({ at, containers }) => {
      const own = containers.filter((each) => each.taskId === id);
      if (own.length === 0 || registered === undefined) return [];
      const presented = own.map((each) => presentContainer(each, registered));
      return [{ at: new Date(at).toISOString(), containers: presented }];
    }),
  };
}
