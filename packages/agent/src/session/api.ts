import { ECSClient } from "@aws-sdk/client-ecs";
import type { AgentConfig } from "../config.ts";

/** The ECS API at the configured endpoint; the SDK keeps its connections open. */
export function connectApi(config: AgentConfig): ECSClient {
  return new ECSClient({
    region: config.region,
    ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
    ...(config.credentials !== undefined && { credentials: config.credentials }),
  });
}

/** The API's error code, or the name of what went wrong on the way. */
export const errorName = (error: unknown): string =>
  error instanceof Error ? error.name : "UnknownError";
