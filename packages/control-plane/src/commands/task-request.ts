import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Cluster } from "@berth/domain/cluster";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import type { Tag } from "@berth/domain/tag";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { overridden } from "@berth/domain/task-definition/overridden";
import type { CommandContext } from "../context.ts";
import type { Launch } from "../placement/new-task.ts";
import { taskTags } from "../placement/task-tags.ts";
import { apiCause } from "./api-cause.ts";
import { activeCluster } from "./find-cluster.ts";
import { checkLaunch, type LaunchCapacity } from "./launch-checks.ts";
import { startableDefinition } from "./startable-definition.ts";
import { checkTagCount, validTags } from "./tags.ts";
import { checkReferenceId, checkStartedBy, validGroup } from "./task-members.ts";
import { validOverrides } from "./task-overrides.ts";

type GivenTaskRequest = EcsRequest<"StartTask"> & EcsRequest<"RunTask">;

export interface TaskRequestRules {
  readonly operation: "RunTask" | "StartTask";
  readonly maxStartedByLength: number;
}

export interface CheckedTaskRequest extends LaunchCapacity {
  readonly launch: Launch;
}

/**
 * Checks what RunTask and StartTask have in common: which definition, in which cluster, as what.
 *
 * @throws EcsError ClusterNotFoundException, ClientException, InvalidParameterException, UnsupportedFeatureException
 */
export async function checkTaskRequest(
  context: CommandContext,
  request: Omit<GivenTaskRequest, "containerInstances">,
  rules: TaskRequestRules,
): Promise<CheckedTaskRequest> {
  checkStartedBy(request.startedBy, rules.maxStartedByLength);
  checkReferenceId(request.referenceId);
  const [cluster, definition] = await Promise.all([
    activeCluster(context, request.cluster),
    startableDefinition(context, request.taskDefinition),
  ]);
  const overrides = validOverrides(definition, request.overrides);
  const capacity = checkLaunch(cluster, overridden(definition, overrides), request);
  const launch: Launch = {
    cluster: cluster.name,
    definition,
    group: validGroup(request.group, definition.family),
    launchType: capacity.launchType,
    cause: apiCause(context, rules.operation),
    tags: tagsOf(cluster, definition, request),
    ...defined({
      startedBy: request.startedBy,
      referenceId: request.referenceId,
      enableExecuteCommand: request.enableExecuteCommand,
      networkConfiguration: capacity.networkConfiguration,
      overrides,
    }),
  };
  return { launch, ...capacity };
}

function tagsOf(
  cluster: Cluster,
  definition: TaskDefinition,
  request: Pick<GivenTaskRequest, "tags" | "propagateTags" | "enableECSManagedTags">,
): readonly Tag[] {
  if (request.propagateTags === "SERVICE") {
    throw new EcsError(
      "InvalidParameterException",
      "propagateTags SERVICE is only valid for tasks of a service.",
    );
  }
  return checkTagCount(
    taskTags({
      cluster: cluster.name,
      enableECSManagedTags: request.enableECSManagedTags ?? false,
      propagated: request.propagateTags === "TASK_DEFINITION" ? definition.tags : [],
      own: validTags(request.tags),
    }),
  );
}
