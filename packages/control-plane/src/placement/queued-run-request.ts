import type { QueuedRun } from "@berth/domain/queued-run";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { PlacementRequest } from "@berth/planner/placement/place";
import type { ControlPlane } from "../context.ts";
import { attributesForLaunch } from "./launch-attributes.ts";
import { newTask, type Launch } from "./new-task.ts";
import { placementRequest } from "./placement-request.ts";
import type { PlaceTasksRequest } from "./place-tasks.ts";

/** How those tasks of a queued run are placed that are not yet. */
export function queuedPlacement(
  controlPlane: Pick<ControlPlane, "now" | "randomHex">,
  run: QueuedRun,
  definition: TaskDefinition,
): PlaceTasksRequest {
  const launch = launchOf(run, definition);
  return {
    ...launch,
    taskIds: run.unplacedTaskIds,
    constraints: run.placementConstraints,
    strategy: run.placementStrategy,
    requiresAttributes: attributesForLaunch(launch.launchType),
    newTask: (place) => newTask(controlPlane, launch, place),
  };
}

/**
 * What placement is asked for them. It draws otherwise than the try that follows: what fits and what
 * does not is the same.
 */
export const queuedRequest = (run: QueuedRun, definition: TaskDefinition): PlacementRequest =>
  placementRequest(
    {
      ...launchOf(run, definition),
      taskIds: run.unplacedTaskIds,
      requiresAttributes: attributesForLaunch(run.launchType),
    },
    { constraints: run.placementConstraints, strategy: run.placementStrategy, seed: run.id },
  );

function launchOf(run: QueuedRun, definition: TaskDefinition): Launch {
  const { cluster, group, launchType, cause } = run;
  const { startedBy, overrides, enableExecuteCommand, referenceId, tags } = run;
  return {
    cluster,
    definition,
    group,
    launchType,
    cause,
    ...(startedBy !== undefined && { startedBy }),
    ...(overrides && { overrides }),
    ...(enableExecuteCommand !== undefined && { enableExecuteCommand }),
    ...(referenceId !== undefined && { referenceId }),
    ...(tags && { tags }),
  };
}
