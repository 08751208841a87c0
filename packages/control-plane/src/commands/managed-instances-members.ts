import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { ManagedInstances } from "@berth/domain/capacity-provider";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";

type Given = NonNullable<EcsRequest<"CreateCapacityProvider">["managedInstancesProvider"]>;
type GivenChange = NonNullable<EcsRequest<"UpdateCapacityProvider">["managedInstancesProvider"]>;
type Template = NonNullable<Given["instanceLaunchTemplate"]>;
type Fault = string | false;

/** Source: Amazon VPC quotas, as for the network configuration of a service. */
const MAX_SUBNETS = 16;
const MAX_SECURITY_GROUPS = 5;
const MAX_INSTANCE_TYPES = 400;

const ROLE = /^arn:[a-z-]+:iam::\d{12}:role\/.+$/;
const INSTANCE_PROFILE = /^arn:[a-z-]+:iam::\d{12}:instance-profile\/.+$/;

/**
 * What the managed instances of a new provider are to be.
 *
 * @throws EcsError InvalidParameterException
 */
export function newManagedInstances(cluster: string, given: Given): ManagedInstances {
  refuseFaults(given);
  return { cluster, configuration: { ...given } };
}

/**
 * What is left out stays as it was, in the launch template too.
 *
 * @throws EcsError InvalidParameterException
 */
export function changedManagedInstances(
  before: ManagedInstances,
  given: GivenChange,
): ManagedInstances {
  const configuration = before.configuration as Partial<Given>;
  const changed = {
    ...configuration,
    ...defined(given),
    instanceLaunchTemplate: {
      ...configuration.instanceLaunchTemplate,
      ...defined(given.instanceLaunchTemplate ?? {}),
    } as Template,
  };
  refuseFaults(changed as Given);
  return { ...before, configuration: changed };
}

/** @throws EcsError InvalidParameterException */
function refuseFaults(given: Given): void {
  const faults = [...providerFaults(given), ...templateFaults(given.instanceLaunchTemplate)];
  const first = faults.find((fault) => fault !== false);
  if (first) throw new EcsError("InvalidParameterException", `managedInstancesProvider.${first}`);
}

function providerFaults(given: Given): readonly Fault[] {
  const { scaleInAfter = 0 } = given.infrastructureOptimization ?? {};
  return [
    !ROLE.test(given.infrastructureRoleArn ?? "") &&
      "infrastructureRoleArn must be the ARN of an IAM role.",
    (scaleInAfter < -1 || scaleInAfter > 3_600) &&
      "infrastructureOptimization.scaleInAfter must be between -1 and 3600.",
  ];
}

function templateFaults(template: Partial<Template> = {}): readonly Fault[] {
  const { storageSizeGiB = 1 } = template.storageConfiguration ?? {};
  const isReserved = template.capacityOptionType === "RESERVED";
  return [
    !INSTANCE_PROFILE.test(template.ec2InstanceProfileArn ?? "") &&
      "instanceLaunchTemplate.ec2InstanceProfileArn must be the ARN of an instance profile.",
    ...networkFaults(template.networkConfiguration),
    storageSizeGiB < 1 &&
      "instanceLaunchTemplate.storageConfiguration.storageSizeGiB must be at least 1.",
    Boolean(template.capacityReservations) !== isReserved &&
      "instanceLaunchTemplate.capacityReservations must be given for capacityOptionType RESERVED, and for no other.",
    ...requirementFaults(template.instanceRequirements),
  ];
}

function networkFaults({
  subnets = [],
  securityGroups = [],
}: Template["networkConfiguration"] = {}): readonly Fault[] {
  const member = "instanceLaunchTemplate.networkConfiguration";
  return [
    (subnets.length === 0 || subnets.length > MAX_SUBNETS) &&
      `${member}.subnets must have 1 to ${MAX_SUBNETS} items.`,
    securityGroups.length > MAX_SECURITY_GROUPS &&
      `${member}.securityGroups can have at most ${MAX_SECURITY_GROUPS} items.`,
  ];
}

/** Every range of the requirements is one: `{ min, max }`. */
function requirementFaults(requirements: Template["instanceRequirements"]): readonly Fault[] {
  if (!requirements) return [];
  const { allowedInstanceTypes = [], excludedInstanceTypes = [] } = requirements;
  const member = "instanceLaunchTemplate.instanceRequirements";
  return [
    allowedInstanceTypes.length > 0 &&
      excludedInstanceTypes.length > 0 &&
      `${member} can have allowedInstanceTypes or excludedInstanceTypes, and not both.`,
    Math.max(allowedInstanceTypes.length, excludedInstanceTypes.length) > MAX_INSTANCE_TYPES &&
      `${member} can have at most ${MAX_INSTANCE_TYPES} instance types.`,
    ...Object.entries(requirements).map(
      ([name, value]) =>
        isEmptyRange(value) &&
        `${member}.${name} must have a min of 0 or more, and no max below it.`,
    ),
  ];
}

function isEmptyRange(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { min = 0, max = Infinity } = value as { min?: number; max?: number };
  return min < 0 || max < min;
}
