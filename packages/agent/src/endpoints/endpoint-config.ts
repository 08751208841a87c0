import type { ConfigReader } from "../config-reader.ts";
import type { RateLimits } from "./rate-limit.ts";

/** What of the configuration is about the endpoints that tasks ask. */
export interface EndpointConfig {
  readonly taskIamRole: boolean;
  readonly taskIamRoleNetworkHost: boolean;
  readonly metadataLimits: RateLimits;
  /** Berth's own: whether the agent opens the address at which containers ask it. */
  readonly taskEndpoints: boolean;
}

/** With the ECS agent's defaults. */
export function readEndpointConfig(read: ConfigReader): EndpointConfig {
  const limits = read.matching("ECS_TASK_METADATA_RPS_LIMIT", "must be RATE,BURST", (text) =>
    /^[1-9]\d*,[1-9]\d*$/.test(text),
  );
  const [perSecond = 40, burst = 60] = limits?.split(",").map(Number) ?? [];
  return {
    taskIamRole: read.flag("ECS_ENABLE_TASK_IAM_ROLE") ?? false,
    taskIamRoleNetworkHost: read.flag("ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST") ?? false,
    metadataLimits: { perSecond, burst },
    taskEndpoints: read.flag("BERTH_TASK_ENDPOINTS") ?? true,
  };
}
