import {
  type CapacityProvider,
  groupOf,
  isFargateProvider,
  isManagedGroup,
  type ManagedInstances,
} from "@berth/domain/capacity-provider";
import type { Cluster } from "@berth/domain/cluster";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import { capacityProviderName } from "./identifiers.ts";

/** Source: ECS service quotas, capacity providers per cluster. */
const MAX_PROVIDERS = 20;
/** They are on the provider's item. ECS has no limit: a group's instances are in one cluster or two. */
const MAX_CLUSTERS = 100;

/**
 * The names of the providers that a cluster is to have.
 *
 * @throws EcsError InvalidParameterException
 */
export function providerNames(
  context: Pick<CommandContext, "scope">,
  given: readonly string[],
): readonly string[] {
  if (given.length > MAX_PROVIDERS) {
    throw invalid(`capacityProviders can have at most ${MAX_PROVIDERS} items.`);
  }
  const names = given.map((each) => capacityProviderName(context.scope, each));
  if (new Set(names).size === names.length) return names;
  throw invalid("capacityProviders must name each capacity provider once.");
}

type Association = Pick<Cluster, "capacityProviders" | "autoScalingGroups">;

/**
 * Says on each provider that the cluster has it, before the cluster says so: who deletes a provider
 * asks the clusters that it names. Those that the cluster has already need not be read.
 *
 * @throws EcsError InvalidParameterException, for what there is not
 */
export async function associate(
  context: CommandContext,
  cluster: { readonly name: string } & Partial<Association>,
  names: readonly string[],
): Promise<Association> {
  const known = new Map(Object.entries(cluster.autoScalingGroups ?? {}));
  if (names.some((name) => isManagedGroup(known.get(name) ?? ""))) throw alreadyAssociated();
  const unknown = names.filter((name) => !known.has(name) && !isFargateProvider(name));
  // All of them are looked at before anything is written.
  const found = await findClaimable(context, unknown, cluster.name);
  const kept = [...known].filter(([name]) => names.includes(name));
  const groups = new Map([...kept, ...found.map((each) => [each.name, groupOf(each)] as const)]);
  if (new Set(groups.values()).size < groups.size) {
    throw invalid("capacityProviders must have an Auto Scaling group each.");
  }
  for (const name of unknown) await claim(context, name, cluster.name);
  for (const [name, group] of known) if (isManagedGroup(group)) groups.set(name, group);
  return {
    capacityProviders: [...names, ...managedProviders(cluster)],
    ...(groups.size > 0 && { autoScalingGroups: Object.fromEntries(groups) }),
  };
}

async function findClaimable(
  { store: { capacityProviders } }: CommandContext,
  names: readonly string[],
  cluster: string,
): Promise<readonly CapacityProvider[]> {
  const found = new Map((await capacityProviders.findMany(names)).map((each) => [each.name, each]));
  return names.map((name) => {
    const provider = found.get(name);
    if (!provider) throw doesNotExist();
    checkClaimable(provider, cluster);
    return provider;
  });
}

function checkClaimable(provider: CapacityProvider, cluster: string): void {
  const { status, managedInstances, clusters } = provider;
  if (status !== "ACTIVE") throw doesNotExist();
  if (managedInstances) throw alreadyAssociated();
  const others = Object.keys(clusters).filter((name) => name !== cluster);
  if (others.length < MAX_CLUSTERS) return;
  throw invalid(`A capacity provider can be associated with at most ${MAX_CLUSTERS} clusters.`);
}

async function claim(context: CommandContext, name: string, cluster: string): Promise<void> {
  const { capacityProviders } = context.store;
  const claimed = await persist<CapacityProvider>(
    () => capacityProviders.find(name),
    (provider) => {
      checkClaimable(provider, cluster);
      return { ...provider, clusters: { ...provider.clusters, [cluster]: context.now() } };
    },
    (provider) => capacityProviders.replace(provider),
  );
  if (!claimed) throw doesNotExist();
}

/** Says on providers that the cluster, which is written without them, has them no more. */
export async function dissociate(
  { store: { capacityProviders } }: CommandContext,
  cluster: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names.filter((each) => !isFargateProvider(each))) {
    await persist<CapacityProvider>(
      () => capacityProviders.find(name),
      (provider) => {
        const { [cluster]: claimedAt, ...clusters } = provider.clusters;
        return claimedAt === undefined ? undefined : { ...provider, clusters };
      },
      (provider) => capacityProviders.replace(provider),
    );
  }
}

/** How long a request may be at it that has said so and not yet written its cluster. */
const CLAIM_MS = 60_000;

/** Names of the clusters that have the provider, or are just getting it. */
export async function clustersWith(
  context: CommandContext,
  { name, clusters }: CapacityProvider,
): Promise<readonly string[]> {
  const found = await context.store.clusters.findMany(Object.keys(clusters));
  const having = new Set(
    found
      .filter((each) => each.status === "ACTIVE" && each.capacityProviders.includes(name))
      .map((each) => each.name),
  );
  return Object.entries(clusters)
    .filter(([cluster, claimedAt]) => having.has(cluster) || claimedAt > context.now() - CLAIM_MS)
    .map(([cluster]) => cluster);
}

/** Of the cluster's providers those of managed instances: they are its own for as long as they are there. */
export const managedProviders = ({ autoScalingGroups = {} }: Partial<Association>) =>
  Object.entries(autoScalingGroups).flatMap(([name, group]) =>
    isManagedGroup(group) ? [name] : [],
  );

/** @throws EcsError InvalidParameterException */
export function checkRoom({ capacityProviders }: Pick<Cluster, "capacityProviders">): void {
  if (capacityProviders.length < MAX_PROVIDERS) return;
  throw invalid(`A cluster can have at most ${MAX_PROVIDERS} capacity providers.`);
}

/** Gives its cluster a new provider of managed instances. */
export async function giveToCluster(
  { store: { clusters } }: CommandContext,
  provider: CapacityProvider,
  { cluster }: ManagedInstances,
): Promise<void> {
  await persist<Cluster>(
    () => clusters.find(cluster),
    (current) => {
      if (current.status !== "ACTIVE") return undefined;
      const capacityProviders = [...new Set([...current.capacityProviders, provider.name])];
      const group = { [provider.name]: groupOf(provider) };
      return {
        ...current,
        capacityProviders,
        autoScalingGroups: { ...current.autoScalingGroups, ...group },
      };
    },
    (changed) => clusters.replace(changed),
  );
}

/** Takes one from its cluster that is not in use there. */
export async function takeFromCluster(
  { store: { clusters } }: CommandContext,
  { name }: CapacityProvider,
  { cluster }: ManagedInstances,
): Promise<void> {
  await persist<Cluster>(
    () => clusters.find(cluster),
    (current) => {
      if (!current.capacityProviders.includes(name)) return undefined;
      const { [name]: _, ...autoScalingGroups } = current.autoScalingGroups ?? {};
      const capacityProviders = current.capacityProviders.filter((each) => each !== name);
      return { ...current, capacityProviders, autoScalingGroups };
    },
    (changed) => clusters.replace(changed),
  );
}

/** Source: what ECS answers, as told in issues of Terraform's AWS provider. */
const alreadyAssociated = () =>
  invalid(
    "Cannot associate Managed Instances capacity provider to clusters using this API. Managed Instances capacity providers are already associated with the cluster that they were created for.",
  );

const doesNotExist = () =>
  invalid(
    "The specified capacity provider does not exist. Specify a valid name or ARN and try again.",
  );

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
