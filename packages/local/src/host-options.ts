import type { RootCredentials } from "@berth/contracts/local/installation";
import type { JoinRules } from "@berth/control-plane/access/join-instance";
import type { Settings } from "@berth/control-plane/settings";
import type { Scope } from "@berth/domain/arn";
import { readSettings, readTableShards } from "@berth/functions/environment";
import { readJoinRules } from "@berth/functions/open-environment";
import { rootCredentials } from "./credentials.ts";
import { type DataDirectory, dataDirectory } from "./data-directory.ts";

/** What the control plane of one machine is started with. */
export interface HostOptions {
  readonly directory: DataDirectory;
  readonly port: number;
  readonly scope: Scope;
  readonly credentials: RootCredentials;
  readonly settings: Settings;
  /** How often what was lost is looked for. A minute on AWS, where it costs money. */
  readonly sweepIntervalMs: number;
  readonly functions: FunctionsMode;
  /** One is enough for one machine; more show what AWS has. */
  readonly tableShards: number;
  /** Whose EC2 instances may join. */
  readonly join: JoinRules;
}

/**
 * How the functions run: in the host's own process, or as the bundles that are deployed, in
 * processes of their own that are kept or, for the strictest look, made for each invocation.
 */
export type FunctionsMode = (typeof FUNCTIONS_MODES)[number];
const FUNCTIONS_MODES = ["in-process", "bundles", "cold-bundles"] as const;

/** What tells stages apart in an AWS account: one machine has one. */
export const LOCAL_STAGE = "local";

/** The one table of an installation, and the one bus of its own. */
export const TABLE_NAME = "berth";
export const EVENT_BUS_NAME = "berth";

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_SWEEP_INTERVAL_MS = 5_000;

/**
 * Reads the environment that the supervisor gives. Every setting of the control plane is there by
 * its own name: `BERTH_INSTANCE_LOST_AFTER_MS` is `instanceLostAfterMs`.
 *
 * @throws Error naming the variable that is missing or is no number.
 */
export function hostOptions(env: Environment): HostOptions {
  const directory = dataDirectory(required(env, "BERTH_DATA_DIR"));
  const port = Number(required(env, "BERTH_PORT"));
  const region = required(env, "BERTH_REGION");
  return {
    directory,
    port,
    scope: { region, account: required(env, "BERTH_ACCOUNT") },
    credentials: rootCredentials(directory.credentials),
    settings: { ...readSettings(env), agentEndpoint: `http://127.0.0.1:${port}/` },
    join: readJoinRules({
      BERTH_INSTALLATION: `127.0.0.1:${port}`,
      ...env,
      AWS_REGION: region,
    }),
    functions: readMode(env["BERTH_FUNCTIONS"]),
    tableShards: readTableShards({ BERTH_TABLE_SHARDS: "1", ...env }),
    sweepIntervalMs: readMs(env, "BERTH_SWEEP_INTERVAL_MS", DEFAULT_SWEEP_INTERVAL_MS),
  };
}

function readMode(text: string = "in-process"): FunctionsMode {
  const mode = FUNCTIONS_MODES.find((each) => each === text);
  if (mode) return mode;
  throw new Error(`BERTH_FUNCTIONS must be one of ${FUNCTIONS_MODES.join(", ")}.`);
}

function readMs(env: Environment, name: string, otherwise: number): number {
  const text = env[name];
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) throw new Error(`${name} must be a number of milliseconds.`);
  return Number(text);
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is missing.`);
  return value;
}
