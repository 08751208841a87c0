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
  const { name, status, updateStatus } = provider;
  return {
    capacityProviderArn: capacityProviderArn(scope, name),
    name,
    status,
    ...presentOrigin(provider),
    ...defined({ updateStatus }),
    tags: includeTags ? provider.tags.map((tag) => ({ ...tag })) : [],
  };
}

function presentOrigin(provider: CapacityProvider): CapacityProviderDescription {
  if (provider.managedInstances) {
    const { cluster, configuration } = provider.managedInstances;
    return { type: "MANAGED_INSTANCES", cluster, managedInstancesProvider: { ...configuration } };
  }
  const { managedScaling, ...settings } = provider.autoScalingGroupProvider;
  return {
    type: "EC2_AUTOSCALING",
    autoScalingGroupProvider: { ...settings, managedScaling: { ...managedScaling } },
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
