import type { PlacementStrategy } from "./service.ts";
import type { PlacementConstraint } from "./task-definition.ts";

/** A placement by the name that people know it by, and the two members of the ECS API it stands for. */
export interface PlacementTemplate {
  readonly name: string;
  readonly description: string;
  readonly placementStrategy: readonly PlacementStrategy[];
  readonly placementConstraints: readonly PlacementConstraint[];
}

const OVER_ZONES: PlacementStrategy = {
  type: "spread",
  field: "attribute:ecs.availability-zone",
};
const OVER_INSTANCES: PlacementStrategy = { type: "spread", field: "instanceId" };
const BY_MEMORY: PlacementStrategy = { type: "binpack", field: "memory" };

/**
 * The choices of the ECS console, in its order. Source: ECS developer guide, creating a service,
 * task placement.
 */
export const PLACEMENT_TEMPLATES: readonly PlacementTemplate[] = [
  {
    name: "AZ Balanced Spread",
    description: "Evenly over the availability zones, then over the instances of each zone.",
    placementStrategy: [OVER_ZONES, OVER_INSTANCES],
    placementConstraints: [],
  },
  {
    name: "AZ Balanced BinPack",
    description:
      "Evenly over the availability zones, and in each zone onto the instance with the least memory left.",
    placementStrategy: [OVER_ZONES, BY_MEMORY],
    placementConstraints: [],
  },
  {
    name: "BinPack",
    description:
      "Onto the instance with the least memory left: as few instances as will do. Write cpu for memory to pack by CPU.",
    placementStrategy: [BY_MEMORY],
    placementConstraints: [],
  },
  {
    name: "One Task Per Host",
    description: "At most one task of the service on an instance.",
    placementStrategy: [],
    placementConstraints: [{ type: "distinctInstance" }],
  },
  {
    name: "Custom",
    description:
      "Up to five strategies and ten constraints of your own; this one is to be changed.",
    placementStrategy: [{ type: "spread", field: "attribute:ecs.ami-id" }, BY_MEMORY],
    placementConstraints: [{ type: "memberOf", expression: "attribute:ecs.os-type == linux" }],
  },
];
