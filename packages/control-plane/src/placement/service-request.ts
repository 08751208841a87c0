import type { Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { taskDefinitionName } from "@berth/domain/task-definition";
import { launchTypeOf, type TaskSource } from "@berth/domain/task-source";
import type { PlacementRequest } from "@berth/planner/placement/place";
import { strategyOf } from "@berth/planner/service/strategy-of";
import { attributesForLaunch } from "./launch-attributes.ts";
import { placementRequest } from "./placement-request.ts";

/**
 * What placement is asked for the planned starts of one deployment or task set; undefined where there are none.
 * It draws otherwise than the try that follows: what fits and what does not is the same.
 */
export function waitingRequest(
  service: Service,
  source: Pick<TaskSource, "id" | "launchType">,
  definition: TaskDefinition | undefined,
): PlacementRequest | undefined {
  const taskIds = service.plannedStarts
    .filter((start) => start.deploymentId === source.id)
    .map((start) => start.taskId);
  if (!definition || taskIds.length === 0) return undefined;
  return placementRequest(
    {
      taskIds,
      group: serviceGroup(service.name),
      definition,
      requiresAttributes: attributesForLaunch(launchTypeOf(service, source)),
    },
    {
      constraints: service.placementConstraints,
      strategy: strategyOf(service),
      seed: taskDefinitionName(definition),
    },
  );
}
