import { ECSClient } from "@aws-sdk/client-ecs";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import { readCredentials, readInstallation, readProcesses } from "../installation-files.ts";
import { statusText } from "../status-text.ts";
import { surveyClusters } from "../survey.ts";

export interface StatusOptions {
  readonly dataDir: string;
  readonly json: boolean;
}

/** `berth status`: processes, instances, services, and why tasks wait. Returns the exit code. */
export async function status({ dataDir, json }: StatusOptions): Promise<number> {
  const processes = readProcesses(dataDir);
  if (!processes) {
    process.stderr.write(`Berth does not run on ${dataDir}. "berth up" starts it.\n`);
    return EXIT_CODES.notRunning;
  }
  const client = new ECSClient({
    endpoint: processes.endpoint,
    region: readInstallation(dataDir).region,
    credentials: readCredentials(dataDir),
  });
  const clusters = await surveyClusters(client, processes.endpoint);
  const text = json
    ? JSON.stringify({ ...processes, clusters }, undefined, 2)
    : statusText(processes, clusters);
  process.stdout.write(`${text}\n`);
  return EXIT_CODES.ok;
}
