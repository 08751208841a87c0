import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { createCapacityProvider } from "@berth/control-plane/commands/create-capacity-provider";
import type { TestControlPlane } from "./control-plane.ts";

/** What the ARN of a provider begins with. */
export const PROVIDER_ARN = "arn:aws:ecs:eu-central-1:123456789012:capacity-provider/";
export const groupArn = (name: string) =>
  `arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0f1e2d3c-0000-4000-8000-000000000000:autoScalingGroupName/${name}`;

type Create = EcsRequest<"CreateCapacityProvider">;

/** Of the group that is named as the provider is. */
export const createProvider = async (
  plane: TestControlPlane,
  name: string,
  more: Partial<Create> = {},
) =>
  createCapacityProvider(plane, {
    name,
    autoScalingGroupProvider: { autoScalingGroupArn: groupArn(name) },
    ...more,
  });

/** What ECS asks of managed instances, and no more. */
export const MANAGED: NonNullable<Create["managedInstancesProvider"]> = {
  infrastructureRoleArn: "arn:aws:iam::123456789012:role/infrastructure",
  instanceLaunchTemplate: {
    ec2InstanceProfileArn: "arn:aws:iam::123456789012:instance-profile/managed",
    networkConfiguration: { subnets: ["subnet-1"] },
  },
};
