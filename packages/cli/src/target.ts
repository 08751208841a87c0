import { ECSClient } from "@aws-sdk/client-ecs";
import { readCredentials, readInstallation, readProcesses } from "./installation-files.ts";

export interface TargetOptions {
  readonly dataDir: string;
  /** Absent: the Berth that runs on the data directory. */
  readonly endpoint?: string;
}

/** Which Berth to talk to, and as whom. */
export interface Target {
  readonly endpoint: string;
  readonly client: ECSClient;
}

/**
 * On one machine with its own key; elsewhere, who calls must have one. Undefined, and said so, where
 * none runs on the data directory.
 */
export function findTarget({ dataDir, endpoint }: TargetOptions): Target | undefined {
  if (endpoint !== undefined) return { client: new ECSClient({ endpoint }), endpoint };
  const processes = readProcesses(dataDir);
  if (!processes) {
    process.stderr.write(
      `Berth does not run on ${dataDir}. "berth up" starts it; --endpoint names another.\n`,
    );
    return undefined;
  }
  const client = new ECSClient({
    endpoint: processes.endpoint,
    region: readInstallation(dataDir).region,
    credentials: readCredentials(dataDir),
  });
  return { client, endpoint: processes.endpoint };
}
