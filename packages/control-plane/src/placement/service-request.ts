import type { PlannedStart, Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { taskDefinitionName } from "@berth/domain/task-definition";
import { currentStrategy, launchTypeOf, type TaskSource } from "@berth/domain/task-source";
import type { InstanceRequirements, PlacementRequest } from "@berth/planner/placement/place";
import { strategyOf } from "@berth/planner/service/strategy-of";
import { attributesForLaunch } from "./launch-attributes.ts";
import { placementRequest, requirementsOf } from "./placement-request.ts";
import { type ProviderBatch, providerBatch } from "./provider-batches.ts";

/** What tasks of a service ask of an instance beside room; what it asks alone where no definition is. */
export function serviceRequirements(
  service: Service,
  definition: TaskDefinition | undefined,
): InstanceRequirements {
  const strategy = currentStrategy(service);
  const own = ownRequirements(service, strategy ? { capacityProviderStrategy: strategy } : {});
  return definition ? requirementsOf(definition, own) : own;
}

type Source = Pick<TaskSource, "launchType" | "capacityProviderStrategy">;

/** Tasks of one deployment or task set of a service. */
interface SourceTasks extends Pick<PlacementRequest, "taskIds" | "seed"> {
  readonly definition: TaskDefinition;
  /** Its strategy is that of providers any of which will do. */
  readonly source: Source;
}

/** What placement is asked for tasks of a service. */
export function serviceRequest(
  service: Service,
  { taskIds, definition, seed, source }: SourceTasks,
): PlacementRequest {
  const { constraints, ...own } = ownRequirements(service, source);
  return placementRequest(
    { taskIds, group: serviceGroup(service.name), definition, ...own },
    { constraints, strategy: strategyOf(service), seed },
  );
}

/** What placement is asked for those planned starts that are for one capacity provider. */
export interface WaitingRequest {
  /** Its name; absent where any instance will do. */
  readonly capacityProvider?: string;
  readonly request: PlacementRequest;
}

/**
 * What placement is asked for the planned starts of one deployment or task set; nothing where there are none.
 * It draws otherwise than the try that follows: what fits and what does not is the same.
 */
export function waitingRequests(
  service: Service,
  source: Source & Pick<TaskSource, "id">,
  definition: TaskDefinition | undefined,
): readonly WaitingRequest[] {
  if (!definition) return [];
  const seed = taskDefinitionName(definition);
  const own = service.plannedStarts.filter((start) => start.deploymentId === source.id);
  return batchesOfStarts(own, source).map(({ taskIds, provider }) => {
    if (!provider) {
      return { request: serviceRequest(service, { taskIds, definition, seed, source }) };
    }
    const of = Object.assign({}, source, { capacityProviderStrategy: [provider] });
    return {
      capacityProvider: provider.capacityProvider,
      request: serviceRequest(service, { taskIds, definition, seed, source: of }),
    };
  });
}

/** Planned starts by the provider that each is for. */
export const batchesOfStarts = (
  starts: readonly PlannedStart[],
  { capacityProviderStrategy }: Pick<TaskSource, "capacityProviderStrategy">,
): readonly ProviderBatch[] =>
  [...Map.groupBy(starts, ({ capacityProvider }) => capacityProvider)].map(([name, own]) =>
    providerBatch(
      own.map(({ taskId }) => taskId),
      capacityProviderStrategy,
      name,
    ),
  );

const ownRequirements = (service: Service, source: Source): InstanceRequirements => ({
  requiresAttributes: attributesForLaunch(launchTypeOf(service, source)),
  constraints: service.placementConstraints,
  ...(source.capacityProviderStrategy && { capacityProviders: source.capacityProviderStrategy }),
});
