import type { AwsvpcConfiguration } from "@berth/domain/awsvpc";
import type { ProviderShare } from "@berth/domain/capacity-provider";
import { EcsError } from "@berth/domain/errors";
import { missingFeatures } from "@berth/domain/task-definition/missing-features";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Task } from "@berth/domain/task";
import { checkNetwork, type GivenNetwork } from "./network-configuration.ts";
import { checkStrategy, type GivenStrategy, type ProvidingCluster } from "./provider-strategy.ts";
import { unsupported } from "./unsupported.ts";

export interface LaunchMembers {
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: GivenStrategy | undefined;
  readonly platformVersion?: string | undefined;
  readonly networkConfiguration?: GivenNetwork | undefined;
  readonly volumeConfigurations?: readonly { readonly name?: string | undefined }[] | undefined;
}

export type LaunchType = Exclude<Task["launchType"], "FARGATE">;

/** How tasks of a definition can be launched. */
export interface CheckedDefinition {
  readonly launchType: LaunchType;
  /** Present where the definition has networkMode awsvpc. */
  readonly networkConfiguration?: AwsvpcConfiguration;
}

/** The same, and on what they are launched. */
export interface LaunchCapacity extends CheckedDefinition {
  /** Absent where instances of any provider will do. */
  readonly capacityProviderStrategy?: readonly ProviderShare[];
}

/**
 * Whether tasks of this definition can be launched as asked in this cluster, and on what: on what the
 * request names, else by the cluster's default strategy, else on EC2.
 *
 * @throws EcsError InvalidParameterException, UnsupportedFeatureException
 */
export function checkLaunch(
  cluster: ProvidingCluster,
  definition: TaskDefinition,
  request: LaunchMembers,
): LaunchCapacity {
  const { launchType, ...chosen } = chooseCapacity(cluster, request);
  return { ...chosen, ...checkDefinition(definition, { ...request, launchType }) };
}

/**
 * Whether tasks of this definition can be launched on what is chosen already.
 *
 * @throws EcsError InvalidParameterException, UnsupportedFeatureException
 */
export function checkDefinition(
  definition: TaskDefinition,
  { launchType, ...request }: LaunchMembers & { readonly launchType: string },
): CheckedDefinition {
  if (!definition.compatibilities.includes(launchType)) {
    throw invalid(`Task definition does not support launch_type ${launchType}.`);
  }
  if (launchType !== "EC2" && launchType !== "EXTERNAL") {
    throw unsupported(`launch type ${launchType}`);
  }
  if (request.platformVersion) {
    throw invalid("The platform version must be null when specifying an EC2 launch type");
  }
  const networkConfiguration = checkNetwork(definition, request.networkConfiguration);
  checkVolumes(definition, request.volumeConfigurations ?? []);
  for (const feature of missingFeatures(definition)) throw unsupported(feature);
  return { launchType, ...(networkConfiguration && { networkConfiguration }) };
}

function chooseCapacity(
  cluster: ProvidingCluster,
  { launchType, capacityProviderStrategy = [] }: LaunchMembers,
): { readonly launchType: string; readonly capacityProviderStrategy?: readonly ProviderShare[] } {
  if (launchType !== undefined && capacityProviderStrategy.length > 0) {
    throw invalid("Specifying both a launch type and capacity provider strategy is not supported");
  }
  if (launchType !== undefined) return { launchType };
  const strategy =
    capacityProviderStrategy.length > 0
      ? capacityProviderStrategy
      : cluster.defaultCapacityProviderStrategy;
  return strategy.length > 0 ? checkStrategy(cluster, strategy) : { launchType: "EC2" };
}

function checkVolumes(
  definition: TaskDefinition,
  configurations: NonNullable<LaunchMembers["volumeConfigurations"]>,
): void {
  for (const { name } of configurations) {
    if (!definition.volumes.some((volume) => volume.name === name)) {
      throw invalid(
        `The volume name '${name}' in your request does not have a matching volume in your Task Definition`,
      );
    }
    throw unsupported("volumes configured at launch");
  }
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
