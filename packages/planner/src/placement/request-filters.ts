import { providerFilters } from "../capacity/provider-filter.ts";
import { constraintFilter } from "./constraints.ts";
import { agentFilter, attributeFilter, type Filter, resourceFilter } from "./filters.ts";
import type { PlacementRequest } from "./place.ts";

/** In ECS's order: the reason given for an instance is that of the first filter it fails. */
export const filtersOf = (request: PlacementRequest): readonly Filter[] => [
  ...providerFilters(request.capacityProviders),
  agentFilter,
  resourceFilter(request.demand),
  attributeFilter(request.requiresAttributes),
  ...request.constraints.map((constraint) => constraintFilter(constraint, request.group)),
];
