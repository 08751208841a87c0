import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { defined } from "@berth/domain/defined";
import {
  type AutoScalingGroupProvider,
  autoScalingGroupName,
  type CapacityProvider,
  type ManagedScaling,
} from "@berth/domain/capacity-provider";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { providerNotFound } from "./find-capacity-provider.ts";
import { clusterName } from "./identifiers.ts";

type GivenGroup = NonNullable<EcsRequest<"CreateCapacityProvider">["autoScalingGroupProvider"]>;
type GivenSettings = Omit<GivenGroup, "autoScalingGroupArn">;
type GivenScaling = NonNullable<GivenGroup["managedScaling"]>;

type Settings = Omit<AutoScalingGroupProvider, "autoScalingGroupArn">;

/** Source: ECS API reference, ManagedScaling; ECS developer guide, managed instance draining. */
const DEFAULTS: Settings = {
  managedScaling: {
    status: "DISABLED",
    targetCapacity: 100,
    minimumScalingStepSize: 1,
    maximumScalingStepSize: 10_000,
    instanceWarmupPeriod: 300,
  },
  managedTerminationProtection: "DISABLED",
  managedDraining: "ENABLED",
};

/** Letters of either case: `AWS` and `Fargate` are taken, too. Source: ECS API reference, CreateCapacityProvider. */
const NAME = /^(?!aws|ecs|fargate)[a-zA-Z0-9_-]{1,255}$/i;

/** @throws EcsError InvalidParameterException */
export function checkProviderName(name: string): void {
  if (NAME.test(name)) return;
  throw invalid(
    'The specified capacity provider name is invalid. It has 1 to 255 letters, numbers, underscores and hyphens, and does not begin with "aws", "ecs" or "fargate".',
  );
}

/**
 * The settings of a new provider, with what ECS fills in.
 *
 * @throws EcsError InvalidParameterException
 */
export function newGroupProvider(given: GivenGroup): AutoScalingGroupProvider {
  const { autoScalingGroupArn = "", ...settings } = given;
  if (autoScalingGroupName(autoScalingGroupArn) === undefined) {
    throw invalid(
      "The specified Auto Scaling group ARN is invalid: autoScalingGroupArn must be the ARN of a group, or the name of one, of at most 128 letters, numbers, spaces and characters of _ . / \\ @ -.",
    );
  }
  return { autoScalingGroupArn, ...changedSettings(DEFAULTS, settings) };
}

/**
 * Settings with what is given changed, and the rest as it was.
 *
 * @throws EcsError InvalidParameterException
 */
export function changedSettings<Before extends Settings>(
  before: Before,
  given: GivenSettings,
): Before {
  const { managedScaling = {}, managedTerminationProtection, managedDraining } = given;
  const changed = {
    ...before,
    managedScaling: changedScaling(before.managedScaling, managedScaling),
    ...defined({ managedTerminationProtection, managedDraining }),
  };
  const { managedScaling: scaling, managedTerminationProtection: protection } = changed;
  if (protection === "ENABLED" && scaling.status === "DISABLED") {
    throw invalid(
      "The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, managed scaling must be enabled.",
    );
  }
  return changed;
}

/** From and to which each number goes. Source: ECS API reference, ManagedScaling. */
const RANGES: Readonly<Record<Exclude<keyof ManagedScaling, "status">, readonly [number, number]>> =
  {
    targetCapacity: [1, 100],
    minimumScalingStepSize: [1, 10_000],
    maximumScalingStepSize: [1, 10_000],
    instanceWarmupPeriod: [0, 10_000],
  };

function changedScaling(before: ManagedScaling, given: GivenScaling): ManagedScaling {
  const scaling = { ...before, ...defined(given) };
  for (const [member, [least, most]] of Object.entries(RANGES)) {
    const value = scaling[member as keyof typeof RANGES];
    if (value < least || value > most) {
      throw invalid(`managedScaling.${member} must be between ${least} and ${most}.`);
    }
  }
  if (scaling.minimumScalingStepSize <= scaling.maximumScalingStepSize) return scaling;
  throw invalid("The minimum or maximum scaling step size value is invalid.");
}

type GivenOrigin<Group, Managed> =
  | { readonly group: Group; readonly managed?: never }
  | { readonly managed: Managed; readonly group?: never };

/**
 * Which of the two kinds of provider the request is about.
 *
 * @throws EcsError InvalidParameterException, where it is about neither or both
 */
export function givenOrigin<Group, Managed>({
  autoScalingGroupProvider: group,
  managedInstancesProvider: managed,
}: {
  readonly autoScalingGroupProvider?: Group | undefined;
  readonly managedInstancesProvider?: Managed | undefined;
}): GivenOrigin<Group, Managed> {
  if (group && !managed) return { group };
  if (managed && !group) return { managed };
  throw invalid(
    "Either autoScalingGroupProvider or managedInstancesProvider must be given, and not both.",
  );
}

/**
 * Checks the cluster that a request names beside a provider: only one of managed instances is of one.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export function checkClusterOf(
  { scope }: Pick<CommandContext, "scope">,
  { managedInstances }: CapacityProvider,
  cluster: string | undefined,
): void {
  if (cluster === undefined) return;
  if (!managedInstances) throw clusterOfGroup();
  if (clusterName(scope, cluster) !== managedInstances.cluster) throw providerNotFound();
}

export const clusterOfGroup = () =>
  invalid(
    "cluster is only for managed instances capacity providers, which alone are of one cluster.",
  );

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
