import type { Tag } from "./tag.ts";

export interface CapacityProviderStrategyItem {
  readonly capacityProvider: string;
  readonly weight: number;
  readonly base: number;
}

export interface Cluster {
  readonly name: string;
  readonly status: "ACTIVE" | "INACTIVE";
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly capacityProviders: readonly string[];
  /** Of those that have one, the Auto Scaling group by the name of the provider. */
  readonly autoScalingGroups?: Readonly<Record<string, string>>;
  readonly defaultCapacityProviderStrategy: readonly CapacityProviderStrategyItem[];
  /** Kept as given; described with `include: CONFIGURATIONS`. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly serviceConnectDefaults?: { readonly namespace: string };
  readonly tags: readonly Tag[];
  /** Epoch ms. */
  readonly createdAt: number;
}
