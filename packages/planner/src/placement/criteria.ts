import type { PlacementStrategy } from "@berth/domain/service";
import type { Site } from "./site.ts";

/** By what sites are compared: the lower the better. */
export type Criterion =
  /** Tasks of the group on all instances that share its value of an attribute. */
  | { readonly kind: "spreadAttribute"; readonly name: string }
  /** Tasks of the group on the instance itself. */
  | { readonly kind: "spreadInstance" }
  /** What is left: the emptiest instances stay empty and can be drained. */
  | { readonly kind: "binpackCpu" | "binpackMemory" };

/** A criterion whose score is the site's own, whatever happens to other sites. */
export type OwnCriterion = Exclude<Criterion, { kind: "spreadAttribute" }>;

/**
 * The strategies of a request in their order: each decides between those that are equal to all
 * before it. `random` leaves nothing to decide to those behind it, and a repeated one decides nothing.
 */
export function criteriaOf(strategy: readonly PlacementStrategy[]): readonly Criterion[] {
  const end = strategy.findIndex(({ type }) => type === "random");
  const deciding = end < 0 ? withImpliedSpread(strategy) : strategy.slice(0, end);
  const criteria = deciding.map(criterionOf);
  return [...new Map(criteria.map((each) => [textOf(each), each])).values()];
}

/** In the words of the ECS API. */
export function textOf(criterion: Criterion): string {
  switch (criterion.kind) {
    case "spreadAttribute":
      return `spread(attribute:${criterion.name})`;
    case "spreadInstance":
      return "spread(instanceId)";
    case "binpackCpu":
      return "binpack(cpu)";
    case "binpackMemory":
      return "binpack(memory)";
  }
}

export function ownScore(criterion: OwnCriterion, site: Site): number {
  switch (criterion.kind) {
    case "spreadInstance":
      return site.groupCount;
    case "binpackCpu":
      return site.left.cpuUnits;
    case "binpackMemory":
      return site.left.memoryMiB;
  }
}

export const isOwn = (criterion: Criterion): criterion is OwnCriterion =>
  criterion.kind !== "spreadAttribute";

/**
 * Tasks spread over the values of an attribute are spread over the instances of each value too, as
 * ECS does with those it spreads over zones.
 */
function withImpliedSpread(strategy: readonly PlacementStrategy[]): readonly PlacementStrategy[] {
  return strategy.at(-1)?.type === "spread"
    ? [...strategy, { type: "spread", field: "instanceId" }]
    : strategy;
}

function criterionOf({ type, field }: PlacementStrategy): Criterion {
  if (type === "binpack") {
    return { kind: field?.toLowerCase() === "cpu" ? "binpackCpu" : "binpackMemory" };
  }
  return field?.startsWith(PREFIX)
    ? { kind: "spreadAttribute", name: field.slice(PREFIX.length) }
    : { kind: "spreadInstance" };
}

const PREFIX = "attribute:";
