import type { Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { taskDefinitionName } from "@berth/domain/task-definition";
import { launchTypeOf, type TaskSource } from "@berth/domain/task-source";
import type { InstanceRequirements, PlacementRequest } from "@berth/planner/placement/place";
import { strategyOf } from "@berth/planner/service/strategy-of";
import { attributesForLaunch } from "./launch-attributes.ts";
import { placementRequest, requirementsOf } from "./placement-request.ts";

/** What tasks of a service ask of an instance beside room; what it asks alone where no definition is. */
export function serviceRequirements(
  service: Service,
  definition: TaskDefinition | undefined,
): InstanceRequirements {
  const own = ownRequirements(service);
  return definition ? requirementsOf(definition, own) : own;
}

/** Tasks of one deployment or task set of a service. */
interface SourceTasks extends Pick<PlacementRequest, "taskIds" | "seed"> {
  readonly definition: TaskDefinition;
  readonly source: Pick<TaskSource, "launchType">;
}

/** What placement is asked for tasks of a service. */
export function serviceRequest(
  service: Service,
  { taskIds, definition, seed, source }: SourceTasks,
): PlacementRequest {
  const { requiresAttributes, constraints } = ownRequirements(service, source);
  return placementRequest(
    { taskIds, group: serviceGroup(service.name), definition, requiresAttributes },
    { constraints, strategy: strategyOf(service), seed },
  );
}

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
  const seed = taskDefinitionName(definition);
  return serviceRequest(service, { taskIds, definition, seed, source });
}

const ownRequirements = (
  service: Service,
  source: SourceTasks["source"] = {},
): InstanceRequirements => ({
  requiresAttributes: attributesForLaunch(launchTypeOf(service, source)),
  constraints: service.placementConstraints,
});
