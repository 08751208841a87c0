import type { ProviderShare } from "@berth/domain/capacity-provider";
import type { Request } from "./scenario.ts";

/** The Auto Scaling group of a provider, by which its instances are known. */
export const groupOfProvider = (provider: string): string => `${provider}-group`;

/** The strategy of a request as the planner has it; undefined where it has none. */
export function sharesOf({
  capacityProviderStrategy: strategy,
}: Pick<Request, "capacityProviderStrategy">): readonly ProviderShare[] | undefined {
  if (strategy.length === 0) return undefined;
  return strategy.map((item) =>
    Object.assign({ autoScalingGroup: groupOfProvider(item.capacityProvider) }, item),
  );
}
