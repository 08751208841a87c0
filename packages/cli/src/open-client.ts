import { ECSClient } from "@aws-sdk/client-ecs";
import { readCredentials, readInstallation, readProcesses } from "./installation-files.ts";

export interface BerthClient {
  readonly client: ECSClient;
  readonly endpoint: string;
}

/**
 * A client of the Berth that AWS's own variables name, as for the AWS CLI, else of the one that runs
 * on this data directory; undefined where none does.
 */
export function openClient(dataDir: string): BerthClient | undefined {
  const named = process.env["AWS_ENDPOINT_URL_ECS"] ?? process.env["AWS_ENDPOINT_URL"];
  if (named) return { client: new ECSClient({ endpoint: named }), endpoint: named };
  const processes = readProcesses(dataDir);
  if (!processes) return undefined;
  const { endpoint } = processes;
  const { region } = readInstallation(dataDir);
  const client = new ECSClient({ endpoint, region, credentials: readCredentials(dataDir) });
  return { client, endpoint };
}
