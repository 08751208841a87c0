import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import { capacityProviderArn, type Scope } from "@berth/domain/arn";
import type { CapacityProvider, FargateProvider } from "@berth/domain/capacity-provider";
import { defined } from "@berth/domain/defined";

export type CapacityProviderDescription = NonNullable<
  EcsResponse<"DescribeCapacityProviders">["capacityProviders"]
>[number];

/** A provider as the ECS API shows it. Source: ECS API reference, CapacityProvider. */
export function presentCapacityProvider(
  scope: Scope,
  provider: CapacityProvider,
  { includeTags }: { readonly includeTags: boolean },
): CapacityProviderDescription {
  const { name, status, updateStatus, autoScalingGroupProvider } = provider;
  return {
    capacityProviderArn: capacityProviderArn(scope, name),
    name,
    status,
    autoScalingGroupProvider: {
      ...autoScalingGroupProvider,
      managedScaling: { ...autoScalingGroupProvider.managedScaling },
    },
    ...defined({ updateStatus }),
    tags: includeTags ? provider.tags.map((tag) => ({ ...tag })) : [],
    type: "EC2_AUTOSCALING",
  };
}

/** One of those that nobody has made. */
export const presentFargateProvider = (
  scope: Scope,
  name: FargateProvider,
): CapacityProviderDescription => ({
  capacityProviderArn: capacityProviderArn(scope, name),
  name,
  status: "ACTIVE",
  tags: [],
  type: name,
});
