import { providerFilters } from "../capacity/provider-filter.ts";
import { memberOfFilter } from "./constraints.ts";
import { attributeFilter } from "./filters.ts";
import type { Candidate, InstanceRequirements } from "./place.ts";
import { attributesOf } from "./site.ts";

/**
 * Tells of instances whether they are what these requirements ask for, full and away as they may be.
 * Made once for many instances: expressions are read here. `distinctInstance` is about tasks.
 */
export function suitability({
  requiresAttributes,
  constraints,
  capacityProviders,
}: InstanceRequirements): (candidate: Candidate) => boolean {
  const filters = [
    ...providerFilters(capacityProviders),
    attributeFilter(requiresAttributes),
    ...constraints
      .filter(({ type }) => type === "memberOf")
      .map(({ expression = "" }) => memberOfFilter(expression)),
  ];
  return ({ instance, ledger }) => {
    const facts = { instance, ledger, attributes: attributesOf(instance), given: [] };
    return filters.every((filter) => filter.passes(facts));
  };
}
