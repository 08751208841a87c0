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

const ZONE = "attribute:ecs.availability-zone";

/** Whether a strategy is one under which ECS evens services out over the zones by itself. */
export const spreadsOverZones = (strategy: readonly PlacementStrategy[]): boolean =>
  strategy.length === 0 || (strategy[0]?.type === "spread" && strategy[0].field === ZONE);
