import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { newTask } from "../placement/new-task.ts";
import { startTasksOn } from "../placement/place-tasks.ts";
import { randomTaskId } from "../random-ids.ts";
import { containerInstanceId } from "./identifiers.ts";
import { presentPlacementFailures } from "./present/placement-failures.ts";
import { presentTask } from "./present/task.ts";
import { checkTaskRequest } from "./task-request.ts";

const MAX_INSTANCES = 10;
const RULES = { operation: "StartTask", maxStartedByLength: 36 } as const;

/**
 * Starts one task on each of the given container instances, past all strategies.
 *
 * @throws EcsError ClusterNotFoundException, ClientException, InvalidParameterException, UnsupportedFeatureException
 */
export async function startTask(
  context: CommandContext,
  request: EcsRequest<"StartTask">,
): Promise<EcsResponse<"StartTask">> {
  const given = checkInstances(request.containerInstances ?? []);
  const { launch } = await checkTaskRequest(context, request, RULES);
  const { cluster, definition, group } = launch;
  const { placed, unplaced } = await startTasksOn(context, {
    ...launch,
    places: given.map((idOrArn) => ({
      taskId: randomTaskId(context, group),
      containerInstanceId: containerInstanceId(context.scope, cluster, idOrArn),
    })),
    placement: { kind: "named" },
    newTask: (place) => newTask(context, launch, place),
  });
  return {
    tasks: placed.map((task) =>
      presentTask(context.scope, task, { definition, includeTags: true }),
    ),
    failures: presentPlacementFailures(context.scope, cluster, unplaced),
  };
}

function checkInstances(given: readonly string[]): readonly string[] {
  if (given.length === 0) {
    throw new EcsError("ClientException", "Container Instances cannot be empty.");
  }
  if (given.length > MAX_INSTANCES) {
    throw new EcsError(
      "InvalidParameterException",
      `instanceIds can have at most ${MAX_INSTANCES} items.`,
    );
  }
  return given;
}
