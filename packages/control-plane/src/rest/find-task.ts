import { EcsError } from "@berth/domain/errors";
import type { Task } from "@berth/domain/task";
import type { Stored } from "@berth/store/store";
import { activeCluster } from "../commands/find-cluster.ts";
import { taskId } from "../commands/identifiers.ts";
import type { CommandContext } from "../context.ts";

export interface TaskRequest {
  readonly cluster?: string;
  /** Id or ARN. */
  readonly task: string;
}

/**
 * A task that a call of REST's own is about, stopped and archived ones included.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ResourceNotFoundException
 */
export async function findTask(
  context: CommandContext,
  request: TaskRequest,
): Promise<Stored<Task>> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const id = taskId(context.scope, cluster, request.task);
  const task = await context.store.tasks.find(cluster, id);
  if (task) return task;
  throw new EcsError(
    "ResourceNotFoundException",
    `task: cluster ${cluster} has no task ${id}. A stopped one is kept for a while only, and one that was never placed has no record.`,
  );
}
