import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { parseConfigFile } from "@berth/agent/config";
import type { RootCredentials } from "@berth/contracts/local/installation";
import { type DataDirectory, writePrivateFile } from "../data-directory.ts";

/** What the simulated container instances of one machine have to share. */
export interface MachineCapacity {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
}

/** An engine starts containers the fastest with about so many at once per core; more only contend. */
const STARTS_PER_CORE = 3;

/** Enough for a small task, so that a small machine with many instances can show something. */
const LEAST: MachineCapacity = { cpuUnits: 1_024, memoryMiB: 512 };
const ZONES = ["a", "b", "c"] as const;
const MIB = 1024 * 1024;

/** What instances offer where nobody says: all of ECS's that Docker has. An agent leaves out what its engine has not. */
export const LOGGING_DRIVERS = [
  "json-file",
  "awslogs",
  "syslog",
  "journald",
  "gelf",
  "fluentd",
  "splunk",
  "none",
];

export function machineCapacity(): MachineCapacity {
  return {
    cpuUnits: availableParallelism() * 1_024,
    memoryMiB: Math.floor(totalmem() / MIB),
  };
}

/** An equal share for each, but never less than a floor: shares are reservations, not limits. */
export function instanceShare(machine: MachineCapacity, instances: number): MachineCapacity {
  return {
    cpuUnits: Math.max(Math.floor(machine.cpuUnits / instances), LEAST.cpuUnits),
    memoryMiB: Math.max(Math.floor(machine.memoryMiB / instances), LEAST.memoryMiB),
  };
}

/** How many containers each instance may start at once on the engine that all of them use. */
export function engineShare(cores: number, instances: number): number {
  return Math.max(1, Math.floor((cores * STARTS_PER_CORE) / instances));
}

export interface InstanceConfig {
  /** From 1: also the last number of its loopback address. */
  readonly index: number;
  /** The number before that. */
  readonly addressBlock: number;
  readonly share: MachineCapacity;
  readonly engineConcurrency: number;
  readonly endpoint: string;
  readonly region: string;
  readonly cluster: string;
  readonly dataPath: string;
  /** Where the engine's log driver finds the log service, and the key with which it writes. */
  readonly awslogs: RootCredentials & { readonly endpoint: string };
  /** The Auto Scaling groups that the instances are of, in turn. */
  readonly autoScalingGroups?: readonly string[];
}

/**
 * The text of an instance's `ecs.config`. Images are used where they are and pulled where they are
 * not: one machine's demo and test images live in no registry.
 */
export function ecsConfig(config: InstanceConfig): string {
  const { autoScalingGroups = [] } = config;
  const zone = ZONES[(config.index - 1) % ZONES.length];
  const group = autoScalingGroups[(config.index - 1) % autoScalingGroups.length];
  const settings = {
    ECS_CLUSTER: config.cluster,
    ECS_BACKEND_HOST: config.endpoint,
    AWS_ENDPOINT_URL_S3: config.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: config.endpoint,
    AWS_ENDPOINT_URL_SSM: config.endpoint,
    ECS_EXTERNAL: "true",
    ECS_DATADIR: config.dataPath,
    ECS_IMAGE_PULL_BEHAVIOR: "prefer-cached",
    ECS_ENABLE_TASK_ENI: "true",
    ECS_ENABLE_TASK_IAM_ROLE: "true",
    ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: "true",
    ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE: "true",
    BERTH_AWSLOGS_ENDPOINT: config.awslogs.endpoint,
    BERTH_AWSLOGS_ACCESS_KEY_ID: config.awslogs.accessKeyId,
    BERTH_AWSLOGS_SECRET_ACCESS_KEY: config.awslogs.secretAccessKey,
    AWS_DEFAULT_REGION: config.region,
    BERTH_INSTANCE_CPU: config.share.cpuUnits,
    BERTH_INSTANCE_MEMORY: config.share.memoryMiB,
    BERTH_ENGINE_CONCURRENCY: config.engineConcurrency,
    BERTH_HOST_ADDRESS: `127.0.${config.addressBlock}.${config.index}`,
    BERTH_AVAILABILITY_ZONE: `${config.region}${zone}`,
    ...(group !== undefined && { BERTH_AUTO_SCALING_GROUP: group }),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/**
 * Writes the instance's `ecs.config` and returns its path. Its agent's state beside it is kept, and so
 * is its share: an instance cannot register again with other resources than the first time.
 */
export function writeEcsConfig(
  directory: DataDirectory,
  config: Omit<InstanceConfig, "dataPath">,
): string {
  const root = join(directory.instances, String(config.index));
  const dataPath = join(root, "data");
  mkdirSync(dataPath, { recursive: true });
  const path = join(root, "ecs.config");
  const share = existsSync(path) ? writtenShare(readFileSync(path, "utf8")) : config.share;
  writePrivateFile(path, ecsConfig({ ...config, share, dataPath }));
  return path;
}

function writtenShare(text: string): MachineCapacity {
  const settings = parseConfigFile(text);
  return {
    cpuUnits: Number(settings["BERTH_INSTANCE_CPU"]),
    memoryMiB: Number(settings["BERTH_INSTANCE_MEMORY"]),
  };
}
