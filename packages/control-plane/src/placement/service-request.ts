import type { Deployment, Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { taskDefinitionName } from "@berth/domain/task-definition";
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

/** What placement is asked for tasks of a service. */
export function serviceRequest(
  service: Service,
  tasks: Pick<PlacementRequest, "taskIds" | "seed"> & { readonly definition: TaskDefinition },
): PlacementRequest {
  const { taskIds, definition, seed } = tasks;
  const { requiresAttributes, constraints } = ownRequirements(service);
  return placementRequest(
    { taskIds, group: serviceGroup(service.name), definition, requiresAttributes },
    { constraints, strategy: strategyOf(service), seed },
  );
}

/**
 * What placement is asked for the planned starts of one deployment; undefined where there are none.
 * It draws otherwise than the try that follows: what fits and what does not is the same.
 */
export function waitingRequest(
  service: Service,
  deployment: Deployment,
  definition: TaskDefinition | undefined,
): PlacementRequest | undefined {
  const taskIds = service.plannedStarts
    .filter((start) => start.deploymentId === deployment.id)
    .map((start) => start.taskId);
  if (!definition || taskIds.length === 0) return undefined;
  return serviceRequest(service, { taskIds, definition, seed: taskDefinitionName(definition) });
}

const ownRequirements = (service: Service): InstanceRequirements => ({
  requiresAttributes: attributesForLaunch(service.launchType ?? "EC2"),
  constraints: service.placementConstraints,
});
