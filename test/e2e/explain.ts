import type { Berth } from "./berth.ts";
import { signedFetch } from "./signed-fetch.ts";

export interface Explanation {
  /** Newest first. */
  readonly serviceDeployments: readonly {
    readonly status: string;
    readonly statusReason?: string;
    readonly failureCount?: number;
  }[];
  readonly progress: readonly { readonly kind: string; readonly text: string }[];
  readonly taskSets?: readonly { readonly id: string; readonly computedDesiredCount: number }[];
  readonly waiting: readonly {
    readonly count: number;
    readonly instances: readonly { readonly reason: string; readonly detail: string }[];
  }[];
}

/** What Berth says about a service beyond the ECS API: which tasks wait and for what, and how deployments ended. */
export async function explain(berth: Berth, service: string): Promise<Explanation> {
  const path = `/v1/services/${service}/explain`;
  const response = await signedFetch(berth, { method: "GET", path });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as Explanation;
}
