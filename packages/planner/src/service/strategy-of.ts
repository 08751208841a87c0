import type { PlacementStrategy, Service } from "@berth/domain/service";

const OVER_ZONES_THEN_INSTANCES: readonly PlacementStrategy[] = [
  { type: "spread", field: "attribute:ecs.availability-zone" },
  { type: "spread", field: "instanceId" },
];

/**
 * The strategy that places a service's tasks: where none was given they spread over the zones, then
 * over the instances. Source: ECS developer guide, task placement strategies.
 */
export const strategyOf = (
  service: Pick<Service, "placementStrategy">,
): readonly PlacementStrategy[] =>
  service.placementStrategy.length > 0 ? service.placementStrategy : OVER_ZONES_THEN_INSTANCES;
