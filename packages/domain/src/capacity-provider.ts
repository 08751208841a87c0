import type { CapacityProviderStrategyItem } from "./cluster.ts";
import { assert } from "./errors.ts";
import type { Tag } from "./tag.ts";

/** The providers that are there without being made. Source: ECS developer guide, Fargate capacity providers. */
export const FARGATE_PROVIDERS = ["FARGATE", "FARGATE_SPOT"] as const;

export type FargateProvider = (typeof FARGATE_PROVIDERS)[number];

export const isFargateProvider = (name: string): name is FargateProvider =>
  (FARGATE_PROVIDERS as readonly string[]).includes(name);

export type Switch = "ENABLED" | "DISABLED";

/** Kept and described; who scales by it is a later matter. */
export interface ManagedScaling {
  readonly status: Switch;
  /** Percent. */
  readonly targetCapacity: number;
  readonly minimumScalingStepSize: number;
  readonly maximumScalingStepSize: number;
  /** Seconds. */
  readonly instanceWarmupPeriod: number;
}

export interface AutoScalingGroupProvider {
  /** As it was given: an ARN, or the name of a group. */
  readonly autoScalingGroupArn: string;
  readonly managedScaling: ManagedScaling;
  readonly managedTerminationProtection: Switch;
  readonly managedDraining: Switch;
}

/** What Amazon ECS Managed Instances are to be; nobody starts any yet. */
export interface ManagedInstances {
  /** The name of the one cluster that it is for. */
  readonly cluster: string;
  /** Checked, and kept as given. Source: ECS API reference, ManagedInstancesProvider. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** Where a provider's instances come from. */
type Origin =
  | {
      readonly autoScalingGroupProvider: AutoScalingGroupProvider;
      readonly managedInstances?: never;
    }
  | { readonly managedInstances: ManagedInstances; readonly autoScalingGroupProvider?: never };

/** Of the account: clusters are associated with it. All times are epoch ms. */
export type CapacityProvider = Origin & {
  readonly name: string;
  readonly status: "ACTIVE" | "INACTIVE";
  /** What became of the latest change; absent where there was none. */
  readonly updateStatus?: "UPDATE_COMPLETE" | "DELETE_COMPLETE";
  /**
   * Clusters that are associated with it, or are about to be, with the time at which that was said.
   * Written before the cluster is: who deletes the provider asks these clusters and no others.
   */
  readonly clusters: Readonly<Record<string, number>>;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  /** It stays describable for a while. */
  readonly inactiveAt?: number;
};

/** A provider, and the group whose instances are its own. */
export interface ProviderInstances {
  readonly capacityProvider: string;
  readonly autoScalingGroup: string;
}

/**
 * One item of the strategy that tasks are launched by. It names the group itself, which no provider
 * in use can change: so nobody who starts a task reads the provider.
 */
export type ProviderShare = CapacityProviderStrategyItem & ProviderInstances;

/** Says from which Auto Scaling group a container instance came (ADR 0028). */
export const AUTO_SCALING_GROUP = "berth.auto-scaling-group";

const GROUP_ARN =
  /^arn:[a-z-]+:autoscaling:[a-z0-9-]+:\d{12}:autoScalingGroup:[0-9a-zA-Z-]+:autoScalingGroupName\/(.+)$/;

/** What an attribute of an instance can say. Source: ECS API reference, Attribute `value`. */
const GROUP_NAME = /^[a-zA-Z0-9_./\\@-]([a-zA-Z0-9_./\\@ -]{0,126}[a-zA-Z0-9_./\\@-])?$/;

/** Managed instances have no group: this and the name of their provider stands for one (ADR 0028). */
const MANAGED_INSTANCES = "berth.managed-instances/";

/** The name of a group that is given by its ARN or its name, or undefined for what can be neither. */
export function autoScalingGroupName(arnOrName: string): string | undefined {
  const name = arnOrName.startsWith("arn:") ? GROUP_ARN.exec(arnOrName)?.[1] : arnOrName;
  const isName = name !== undefined && GROUP_NAME.test(name) && !isManagedGroup(name);
  return isName ? name : undefined;
}

/** Whether it stands for the managed instances of a provider. */
export const isManagedGroup = (group: string): boolean => group.startsWith(MANAGED_INSTANCES);

/** The group whose instances are the provider's. */
export function groupOf({ name, ...provider }: CapacityProvider): string {
  if (provider.managedInstances) return `${MANAGED_INSTANCES}${name}`;
  const group = autoScalingGroupName(provider.autoScalingGroupProvider.autoScalingGroupArn);
  assert(group, `capacity provider ${name} was checked before it was written`);
  return group;
}
