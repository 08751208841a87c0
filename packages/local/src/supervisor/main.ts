/**
 * Everything of one machine, kept running: `node main.ts --data-dir DIR --port PORT --instances N
 * --address-block N [--region REGION] [--auto-scaling-groups NAME]...`. Tells the command that started it
 * how it gets on, stops on SIGTERM and SIGINT, and dies with that command. Containers run on in any case.
 */
import { parseArgs } from "node:util";
import { EXIT_CODES, type SupervisorMessage } from "@berth/contracts/local/installation";
import { rootCredentials } from "../credentials.ts";
import { type DataDirectory, dataDirectory, makeDataDirectory } from "../data-directory.ts";
import { installation } from "../installation.ts";
import { holdControlSocket } from "./control-socket.ts";
import { ecsClient, ensureCluster, retireDeregistered, waitForAgents } from "./ecs.ts";
import { waitForFreePort } from "./port.ts";
import { Supervisor } from "./supervisor.ts";

const CLUSTER = "default";
const START_TIMEOUT_MS = 30_000;

const { values } = parseArgs({
  options: {
    "data-dir": { type: "string" },
    port: { type: "string" },
    instances: { type: "string" },
    "address-block": { type: "string" },
    region: { type: "string" },
    "auto-scaling-groups": { type: "string", multiple: true },
  },
});

let supervisor: Supervisor | undefined;
let stopping: Promise<void> | undefined;
process.once("SIGTERM", () => void stop(EXIT_CODES.ok));
process.once("SIGINT", () => void stop(EXIT_CODES.ok));
process.once("disconnect", () => void stop(EXIT_CODES.ok));

try {
  await start({
    directory: dataDirectory(required(values["data-dir"], "--data-dir")),
    port: Number(required(values.port, "--port")),
    instances: Number(required(values.instances, "--instances")),
    addressBlock: Number(required(values["address-block"], "--address-block")),
    region: values.region,
    autoScalingGroups: values["auto-scaling-groups"] ?? [],
  });
} catch (error) {
  await fail((error as Error).message, EXIT_CODES.failure);
}

async function start(options: {
  readonly directory: DataDirectory;
  readonly port: number;
  readonly instances: number;
  readonly addressBlock: number;
  readonly region: string | undefined;
  readonly autoScalingGroups: readonly string[];
}): Promise<void> {
  const { directory, port } = options;
  makeDataDirectory(directory);
  if (
    (await holdControlSocket(directory.controlSocket, () => void stop(EXIT_CODES.ok))) === "taken"
  ) {
    return fail(`Berth already runs on ${directory.root}.`, EXIT_CODES.alreadyRunning);
  }
  if ((await waitForFreePort(port)) === "taken") {
    return fail(
      `Port ${port} is in use by another program. Choose another with --port.`,
      EXIT_CODES.failure,
    );
  }
  const credentials = rootCredentials(directory.credentials);
  const made = installation(
    directory.installation,
    options.region === undefined ? {} : { region: options.region },
  );
  supervisor = new Supervisor({
    directory,
    credentials,
    installation: made,
    port,
    cluster: CLUSTER,
    autoScalingGroups: options.autoScalingGroups,
    addressBlock: options.addressBlock,
  });
  await bringUp(
    supervisor,
    options,
    ecsClient({ endpoint: supervisor.endpoint, region: made.region, credentials }),
  );
}

async function bringUp(
  running: Supervisor,
  { directory, instances }: { readonly directory: DataDirectory; readonly instances: number },
  client: ReturnType<typeof ecsClient>,
): Promise<void> {
  await tell({ kind: "progress", text: "Starting the control plane" });
  await withTimeout(running.startControlPlane(), "The control plane");
  await ensureCluster(client, CLUSTER);
  await retireDeregistered(client, CLUSTER, directory);
  await tell({ kind: "progress", text: `Starting ${instances} container instances` });
  running.startAgents(instances);
  const connected = await waitForAgents(client, {
    cluster: CLUSTER,
    directory,
    connected: running.connectedAgents,
    count: instances,
    timeoutMs: START_TIMEOUT_MS,
  });
  if (connected < instances) {
    throw new Error(
      `Only ${connected} of ${instances} container instances came up. See agent-*.log in the logs.`,
    );
  }
  await tell({ kind: "ready", endpoint: running.endpoint });
}

async function withTimeout(work: Promise<void>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const seconds = START_TIMEOUT_MS / 1_000;
    const error = new Error(`${what} does not answer after ${seconds} s. See the logs.`);
    timer = setTimeout(() => reject(error), START_TIMEOUT_MS);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function required(value: string | undefined, flag: string): string {
  if (value === undefined) throw new Error(`${flag} is missing.`);
  return value;
}

/** Resolves when the message is out: one that is still on its way is lost at the exit. */
async function tell(message: SupervisorMessage): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve) => {
    process.send?.(message, () => resolve());
  });
}

async function fail(message: string, exitCode: number): Promise<void> {
  await tell({ kind: "failed", message, exitCode });
  await stop(exitCode);
}

/** Once only: a second signal while stopping changes nothing. */
async function stop(exitCode: number): Promise<void> {
  stopping ??= supervisor?.stop() ?? Promise.resolve();
  await stopping;
  process.exit(exitCode);
}
