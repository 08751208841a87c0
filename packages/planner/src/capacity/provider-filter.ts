import { AUTO_SCALING_GROUP, type ProviderInstances } from "@berth/domain/capacity-provider";
import type { Filter } from "../placement/filters.ts";
import type { Site } from "../placement/site.ts";

/** Why an instance of another provider, or of none, is not considered. */
const OTHER_PROVIDER = "CAPACITY PROVIDER";

/** ECS's word for a provider without an instance that takes tasks. Source: ECS developer guide, stopped task errors. */
export const EMPTY_PROVIDER = "EMPTY CAPACITY PROVIDER";

/** Where tasks are to go by a strategy; nothing where any instance will do. */
export const providerFilters = (
  providers: readonly ProviderInstances[] | undefined,
): readonly Filter<Pick<Site, "attributes">>[] => (providers ? [providerFilter(providers)] : []);

/** Passes the instances of these providers: those that came from one of their Auto Scaling groups. */
function providerFilter(providers: readonly ProviderInstances[]): Filter<Pick<Site, "attributes">> {
  const groups = new Set(providers.map(({ autoScalingGroup }) => autoScalingGroup));
  const wanted = providers
    .map((each) => `${each.capacityProvider} (Auto Scaling group ${each.autoScalingGroup})`)
    .join(" or ");
  return {
    passes: ({ attributes }) => groups.has(attributes.get(AUTO_SCALING_GROUP) ?? ""),
    reason: () => OTHER_PROVIDER,
    detail: ({ attributes }) => {
      const own = attributes.get(AUTO_SCALING_GROUP);
      const is = own === undefined ? "says of no group that it came from it" : `came from ${own}`;
      return `capacity provider: needs ${wanted}, ${is}`;
    },
    whereNonePasses: {
      reason: EMPTY_PROVIDER,
      detail: `capacity provider: no container instance that is ACTIVE is of ${wanted}`,
    },
  };
}
