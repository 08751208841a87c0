import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import {
  isFargateProvider,
  isManagedGroup,
  type ProviderShare,
} from "@berth/domain/capacity-provider";
import type { CapacityProviderStrategyItem, Cluster } from "@berth/domain/cluster";
import { assert, EcsError } from "@berth/domain/errors";

export type GivenStrategy = Readonly<
  NonNullable<EcsRequest<"RunTask">["capacityProviderStrategy"]>
>;

/** Source: ECS API reference, CapacityProviderStrategyItem. */
const MAX_ITEMS = 20;
const MAX_BASE = 100_000;
const MAX_WEIGHT = 1_000;

/** What ECS fills in. */
const filledStrategy = (given: GivenStrategy): readonly CapacityProviderStrategyItem[] =>
  given.map(({ capacityProvider = "", weight = 0, base = 0 }) => ({
    capacityProvider,
    weight,
    base,
  }));

/** The strategy that a cluster is to have by default, checked but for what launching with it asks. */
export function validDefaultStrategy(
  given: GivenStrategy,
  cluster: AssociatedProviders,
): readonly CapacityProviderStrategyItem[] {
  const strategy = filledStrategy(given);
  refuseFaults([
    ...memberFaults(strategy, "defaultCapacityProviderStrategy"),
    countBases(strategy) > 1 &&
      "The specified capacity provider strategy contains multiple capacity providers with a base value defined",
    ...kindFaults(strategy, cluster),
  ]);
  return strategy;
}

type AssociatedProviders = Pick<Cluster, "capacityProviders" | "autoScalingGroups">;

export type ProvidingCluster = AssociatedProviders &
  Pick<Cluster, "defaultCapacityProviderStrategy">;

/** What the tasks of a strategy run on, with the groups of its providers where these are instances. */
export type StrategyCapacity =
  | { readonly launchType: "FARGATE" }
  | { readonly launchType: "EC2"; readonly capacityProviderStrategy: readonly ProviderShare[] };

/**
 * A strategy that tasks are to be launched by in this cluster.
 *
 * @throws EcsError InvalidParameterException
 */
export function checkStrategy(cluster: ProvidingCluster, given: GivenStrategy): StrategyCapacity {
  const strategy = filledStrategy(given);
  refuseFaults([
    ...memberFaults(strategy, "capacityProviderStrategy"),
    countBases(strategy) > 1 &&
      "There are multiple capacity providers in the specified capacity provider strategy with a base value defined",
    ...kindFaults(strategy, cluster),
    strategy.length > 1 &&
      strategy.every(({ weight }) => weight === 0) &&
      "There are no capacity providers in the capacity provider strategy with a weight value greater than zero",
  ]);
  if (strategy.some(isFargate)) return { launchType: "FARGATE" };
  const { autoScalingGroups = {} } = cluster;
  const capacityProviderStrategy = strategy.map((item) => {
    const autoScalingGroup = autoScalingGroups[item.capacityProvider];
    assert(autoScalingGroup, "an associated provider has its group on the cluster");
    return Object.assign({}, item, { autoScalingGroup });
  });
  return { launchType: "EC2", capacityProviderStrategy };
}

type Fault = string | false;
type Strategy = readonly CapacityProviderStrategyItem[];

/** @throws EcsError InvalidParameterException */
function refuseFaults(faults: readonly Fault[]): void {
  const first = faults.find((fault) => fault !== false);
  if (first) throw new EcsError("InvalidParameterException", first);
}

function memberFaults(strategy: Strategy, member: string): readonly Fault[] {
  const names = strategy.map(({ capacityProvider }) => capacityProvider);
  return [
    strategy.length > MAX_ITEMS && `${member} can have at most ${MAX_ITEMS} items.`,
    strategy.some(({ base }) => base < 0 || base > MAX_BASE) &&
      `${member} base must be between 0 and ${MAX_BASE}.`,
    strategy.some(({ weight }) => weight < 0 || weight > MAX_WEIGHT) &&
      `${member} weight must be between 0 and ${MAX_WEIGHT}.`,
    new Set(names).size < names.length && `${member} must name each capacity provider once.`,
  ];
}

function kindFaults(
  strategy: Strategy,
  { capacityProviders, autoScalingGroups = {} }: AssociatedProviders,
): readonly Fault[] {
  const isManaged = ({ capacityProvider }: CapacityProviderStrategyItem) =>
    isManagedGroup(autoScalingGroups[capacityProvider] ?? "");
  return [
    strategy.some((item) => !capacityProviders.includes(item.capacityProvider)) &&
      "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster",
    strategy.some(isFargate) &&
      !strategy.every(isFargate) &&
      "The specified capacity provider strategy cannot contain both Fargate and Auto Scaling group capacity providers.",
    strategy.some(isManaged) &&
      !strategy.every(isManaged) &&
      "The specified capacity provider strategy cannot contain both Managed Instances capacity providers and others.",
  ];
}

const countBases = (strategy: Strategy): number => strategy.filter(({ base }) => base > 0).length;

const isFargate = ({ capacityProvider }: CapacityProviderStrategyItem): boolean =>
  isFargateProvider(capacityProvider);
