import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { taskSetArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { TaskSet } from "@berth/domain/task-set";
import type { CommandContext } from "../context.ts";
import { activeExternal } from "./external-service.ts";
import { activeCluster } from "./find-cluster.ts";
import { serviceName, taskSetId } from "./identifiers.ts";
import { missing } from "./present/failure.ts";
import { presentTaskSet, type TaskSetDescription } from "./present/task-set.ts";

/**
 * Describes task sets of one service: those that are named, or all.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotActiveException, ServiceNotFoundException
 */
export async function describeTaskSets(
  context: CommandContext,
  request: EcsRequest<"DescribeTaskSets">,
): Promise<EcsResponse<"DescribeTaskSets">> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const name = serviceName(context.scope, cluster, request.service ?? "");
  const given = (request.taskSets ?? []).map((each) =>
    taskSetId(context.scope, { cluster, service: name }, each),
  );
  const stored = await context.store.services.findLatest(cluster, name);
  if (!stored) throw new EcsError("ServiceNotFoundException", "Service not found.");
  const service = activeExternal(stored);
  const tasks = await context.store.tasks.ofGroup(cluster, serviceGroup(name));
  const ids = new Set(given.length > 0 ? given : service.taskSets.map(({ id }) => id));
  const found = service.taskSets.filter(({ id }) => ids.has(id));
  const includeTags = request.include?.includes("TAGS") ?? false;
  return {
    taskSets: found.map((set) =>
      presentTaskSet(context.scope, service, set, { tasks, includeTags }),
    ),
    failures: [...ids]
      .filter((id) => !found.some((set) => set.id === id))
      .map((id) => missing(taskSetArn(context.scope, service, id))),
  };
}

/** A task set with its tasks counted. */
export async function describeTaskSet(
  context: CommandContext,
  service: Service,
  set: TaskSet,
  { includeTags = false } = {},
): Promise<TaskSetDescription> {
  const tasks = await context.store.tasks.ofGroup(service.cluster, serviceGroup(service.name));
  return presentTaskSet(context.scope, service, set, { tasks, includeTags });
}
