import { ECSClient } from "@aws-sdk/client-ecs";
import { readCredentials, readInstallation, readProcesses } from "./installation-files.ts";

/** Which Berth to talk to, and as whom. */
export interface Endpoint {
  readonly url: string;
  readonly client: ECSClient;
}

/**
 * The Berth that the environment names, as it does for the AWS CLI, else the one of this machine;
 * undefined where there is neither.
 */
export function findEndpoint(dataDir: string): Endpoint | undefined {
  const named = process.env["AWS_ENDPOINT_URL_ECS"] ?? process.env["AWS_ENDPOINT_URL"];
  if (named) return { url: named, client: new ECSClient({ endpoint: named }) };
  const processes = readProcesses(dataDir);
  if (!processes) return undefined;
  const { endpoint } = processes;
  const client = new ECSClient({
    endpoint,
    region: readInstallation(dataDir).region,
    credentials: readCredentials(dataDir),
  });
  return { url: endpoint, client };
}
