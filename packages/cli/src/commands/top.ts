import type { WholeClusterMetrics } from "@berth/contracts/rest/metrics";
import { topText } from "../top-text.ts";
import { type RestOptions, say, withBerth } from "../with-berth.ts";

/** `berth top`: what a cluster has reserved and uses. Returns the exit code. */
export const top = (cluster: string, options: RestOptions): Promise<number> =>
  withBerth(options, async (berth) => {
    const path = `/v1/clusters/${encodeURIComponent(cluster)}/metrics?include=TASKS`;
    const metrics = (await berth("GET", path)) as WholeClusterMetrics;
    say(options, metrics, topText(metrics));
  });
