import { ECSClient } from "@aws-sdk/client-ecs";
import { fromInstanceMetadata } from "@smithy/credential-provider-imds";
import type { AgentConfig } from "../config.ts";
import type { Log } from "../log.ts";
import { proxiedAgents } from "../proxy.ts";
import { joinedCredentials } from "./join.ts";

/** A control plane that hangs, or a line that was cut, must not keep a report for ever: it is repeated. */
const PATIENCE = { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true };

/** The ECS API at the configured endpoint; the SDK keeps its connections open. */
export function connectApi(config: AgentConfig, log: Log): ECSClient {
  const credentials = config.credentials ?? joinedCredentialsOf(config, log);
  return new ECSClient({
    region: config.region,
    requestHandler: { ...PATIENCE, ...proxiedAgents() },
    ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
    ...(credentials !== undefined && { credentials }),
  });
}

function joinedCredentialsOf({ join, region }: AgentConfig, log: Log) {
  if (!join) return undefined;
  return joinedCredentials({
    ...join,
    region,
    // Version 1 answers whoever can make the machine send a request.
    credentials: fromInstanceMetadata({ ec2MetadataV1Disabled: true, ...METADATA_PATIENCE }),
    log,
    now: () => Date.now(),
  });
}

/** The metadata service is on the machine, and slow only while that starts. */
const METADATA_PATIENCE = { timeout: 2_000, maxRetries: 3 };

/** The API's error code, or the name of what went wrong on the way. */
export const errorName = (error: unknown): string =>
  error instanceof Error ? error.name : "UnknownError";
