import { ECSClient } from "@aws-sdk/client-ecs";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import { readCredentials, readInstallation, readProcesses } from "../installation-files.ts";
import { callRest } from "../rest-client.ts";
import { type Template, templatesText } from "../templates-text.ts";

export interface TemplatesOptions {
  readonly dataDir: string;
  readonly json: boolean;
}

/** `berth templates`: the named placements, as options of the AWS CLI. Returns the exit code. */
export async function templates({ dataDir, json }: TemplatesOptions): Promise<number> {
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
  const url = new URL("/v1/placement-templates", processes.endpoint);
  const answer = (await callRest(client, { method: "GET", url })) as {
    readonly templates: readonly Template[];
  };
  const text = json ? JSON.stringify(answer, undefined, 2) : templatesText(answer.templates);
  process.stdout.write(`${text}\n`);
  return EXIT_CODES.ok;
}
