import { isIP } from "node:net";
import { stsEndpoint } from "@berth/contracts/rest/join";
import type { Attribute } from "@berth/domain/container-instance";
import { defined } from "@berth/domain/defined";
import { type Countable, isResourceName } from "@berth/domain/resources";
import { type FeatureConfig, readFeatures } from "./config-features.ts";
import { ConfigReader } from "./config-reader.ts";
import { readLogging, type LoggingConfig } from "./config-logging.ts";
import { type EndpointConfig, readEndpointConfig } from "./endpoints/endpoint-config.ts";
import { readRegistryLogins, type RegistryLogins } from "./docker/registry-logins.ts";
import { type ProxyConfig, readProxy } from "./proxy.ts";
import { readSourceEndpoints, type SourceEndpoints } from "./sources/source-endpoints.ts";
import { type Measuring, readMeasuring } from "./usage/measuring.ts";

export const IMAGE_PULL_BEHAVIORS = ["default", "always", "once", "prefer-cached"] as const;
export type ImagePullBehavior = (typeof IMAGE_PULL_BEHAVIORS)[number];

export const LOG_LEVELS = ["debug", "info", "warn", "error", "crit", "none"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What /etc/ecs/ecs.config and the environment say, with ECS's defaults filled in. */
export interface AgentConfig extends FeatureConfig, EndpointConfig, LoggingConfig, Measuring {
  /** Name or ARN, sent as it is. */
  readonly cluster: string;
  /** No cluster was named: `default` is created where it is missing. */
  readonly clusterIsImplied: boolean;
  readonly region: string;
  /** Absent: the region's own endpoint. */
  readonly endpoint?: string;
  /** Absent: found by the AWS SDK's default chain. */
  readonly credentials?: Credentials;
  /** Berth's own: a key is got for the EC2 identity of the machine. */
  readonly join?: { readonly endpoint: string; readonly stsEndpoint: string };
  /** Where environment files, secrets and parameters are, where that is not AWS itself. */
  readonly sourceEndpoints: SourceEndpoints;
  readonly external: boolean;
  readonly instanceAttributes: readonly Attribute[];
  readonly instanceTags: readonly { readonly key: string; readonly value: string }[];
  readonly registryLogins: RegistryLogins;
  readonly imagePullBehavior: ImagePullBehavior;
  readonly reservedMemoryMiB: number;
  readonly reservedTcpPorts: readonly number[];
  readonly reservedUdpPorts: readonly number[];
  /** Absent: nothing survives the process. */
  readonly dataDir?: string;
  readonly stopTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly createTimeoutMs: number;
  readonly cleanupWaitMs: number;
  readonly privilegedDisabled: boolean;
  readonly logLevel: LogLevel;
  readonly dockerHost: string;
  /** Absent: everybody is asked directly. */
  readonly proxy?: ProxyConfig;
  /** Berth's own: how many containers are created and started at once. */
  readonly engineConcurrency: number;
  /** Berth's own: what a simulated instance has, where it is not the whole machine. */
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
  /** Berth's own: further resources that tasks may ask for, in whole units by name. */
  readonly countable?: Countable;
  /** Berth's own: the address that host ports are bound to. */
  readonly hostAddress: string;
  readonly availabilityZone?: string;
  readonly instanceName?: string;
  /** Of which it is a machine: by that a capacity provider has it. */
  readonly autoScalingGroup?: string;
}

/** A setting that cannot be used; the agent must not start with a guess. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`invalid configuration: ${problems.join("; ")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * The settings in an ecs.config file: `KEY=VALUE` lines as systemd reads them, values bare or in
 * quotes, comments after `#` at the start of a line.
 *
 * @throws ConfigError naming each line that is none
 */
export function parseConfigFile(text: string): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  const problems: string[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/.exec(line);
    if (match) settings[match[1] ?? ""] = unquoted((match[2] ?? "").trim());
    else problems.push(`line ${index + 1} must be KEY=VALUE`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

/**
 * The agent's configuration. The file beats the environment, as a systemd EnvironmentFile does.
 * Keys and defaults: the ECS developer guide, "Amazon ECS container agent configuration".
 *
 * @throws ConfigError naming every key that breaks its rule
 */
export function readConfig(
  file: Readonly<Record<string, string | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
): AgentConfig {
  const read = new ConfigReader({ ...environment, ...file });
  const config = {
    ...readControlPlane(read),
    ...readInstance(read),
    ...readDocker(read),
    ...readFeatures(read),
    ...readProxy(read),
    logLevel: read.choice("ECS_LOGLEVEL", LOG_LEVELS) ?? "info",
    ...readStateDirectory(read),
  };
  if (read.problems.length > 0) throw new ConfigError(read.problems);
  return config;
}

function readControlPlane(read: ConfigReader) {
  const cluster = read.text("ECS_CLUSTER");
  const endpoint = readEndpoint(read);
  const credentials = readCredentials(read);
  const region = read.text("AWS_DEFAULT_REGION") ?? read.text("AWS_REGION");
  if (region === undefined) read.problems.push("AWS_DEFAULT_REGION must be set");
  const join = readJoin(read, { endpoint, credentials, region: region ?? "" });
  return {
    cluster: cluster ?? "default",
    clusterIsImplied: cluster === undefined,
    region: region ?? "",
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    ...(join !== undefined && { join }),
    sourceEndpoints: readSourceEndpoints(read),
    external: read.flag("ECS_EXTERNAL") ?? false,
  };
}

function readEndpoint(read: ConfigReader): string | undefined {
  const key = read.text("ECS_BACKEND_HOST") ? "ECS_BACKEND_HOST" : "AWS_ENDPOINT_URL_ECS";
  const host = read.matching(key, "must be a host or an http(s) URL", (text) =>
    /^https?:$/.test(URL.parse(withScheme(text))?.protocol ?? ""),
  );
  return host === undefined ? undefined : withScheme(host);
}

const withScheme = (host: string): string => (host.includes("://") ? host : `https://${host}`);

function readCredentials(read: ConfigReader): Credentials | undefined {
  const accessKeyId = read.text("AWS_ACCESS_KEY_ID");
  const secretAccessKey = read.text("AWS_SECRET_ACCESS_KEY");
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    read.problems.push("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together");
    return undefined;
  }
  const sessionToken = read.text("AWS_SESSION_TOKEN");
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function readJoin(
  read: ConfigReader,
  given: {
    readonly endpoint: string | undefined;
    readonly credentials: Credentials | undefined;
    readonly region: string;
  },
): AgentConfig["join"] {
  const { endpoint, credentials, region } = given;
  if (read.choice("BERTH_JOIN", JOINS) === undefined) return undefined;
  if (endpoint === undefined) read.problems.push("BERTH_JOIN needs ECS_BACKEND_HOST");
  if (credentials !== undefined) {
    read.problems.push("BERTH_JOIN and AWS_ACCESS_KEY_ID must not be set together");
  }
  const named = read.url("AWS_ENDPOINT_URL_STS");
  return { endpoint: endpoint ?? "", stsEndpoint: named ?? stsEndpoint(region) };
}

/** The machine's role, shown to the control plane by way of STS. */
const JOINS = ["ec2-identity"] as const;

function readInstance(read: ConfigReader) {
  const cpuUnits = read.wholeNumber("BERTH_INSTANCE_CPU", { min: 128 });
  const memoryMiB = read.wholeNumber("BERTH_INSTANCE_MEMORY", { min: 64 });
  const countable = read.json("BERTH_INSTANCE_RESOURCES", RESOURCES_RULE, isCountable);
  return {
    instanceAttributes: Object.entries(
      read.json("ECS_INSTANCE_ATTRIBUTES", "a JSON object of texts", isTextRecord) ?? {},
    ).map(attribute),
    instanceTags: Object.entries(
      read.json("ECS_CONTAINER_INSTANCE_TAGS", "a JSON object of texts", isTextRecord) ?? {},
    ).map(([key, value]) => ({ key, value })),
    reservedMemoryMiB: read.wholeNumber("ECS_RESERVED_MEMORY", { min: 0 }) ?? 0,
    reservedTcpPorts: read.json("ECS_RESERVED_PORTS", PORTS_RULE, isPorts) ?? [
      22, 2375, 2376, 51678, 51679,
    ],
    reservedUdpPorts: read.json("ECS_RESERVED_PORTS_UDP", PORTS_RULE, isPorts) ?? [],
    hostAddress:
      read.matching("BERTH_HOST_ADDRESS", "must be an IPv4 address", (text) => isIP(text) === 4) ??
      "0.0.0.0",
    ...(cpuUnits !== undefined && { cpuUnits }),
    ...(memoryMiB !== undefined && { memoryMiB }),
    ...(countable !== undefined && { countable }),
    ...defined({
      availabilityZone: read.text("BERTH_AVAILABILITY_ZONE"),
      instanceName: read.text("BERTH_INSTANCE_NAME"),
      autoScalingGroup: read.text("BERTH_AUTO_SCALING_GROUP"),
    }),
  };
}

/** An attribute without a value is one by its name alone. */
const attribute = ([name, value]: readonly [string, string]): Attribute =>
  value === "" ? { name } : { name, value };

function readDocker(read: ConfigReader) {
  return {
    ...readLogging(read),
    registryLogins: readRegistryLogins(read),
    imagePullBehavior: read.choice("ECS_IMAGE_PULL_BEHAVIOR", IMAGE_PULL_BEHAVIORS) ?? "default",
    stopTimeoutMs: read.duration("ECS_CONTAINER_STOP_TIMEOUT", 1_000) ?? 30_000,
    startTimeoutMs: read.duration("ECS_CONTAINER_START_TIMEOUT", 1_000) ?? 180_000,
    createTimeoutMs: read.duration("ECS_CONTAINER_CREATE_TIMEOUT", 1_000) ?? 240_000,
    cleanupWaitMs: read.duration("ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION", 0) ?? 3 * 3_600_000,
    ...readEndpointConfig(read),
    privilegedDisabled: read.flag("ECS_DISABLE_PRIVILEGED") ?? false,
    ...readMeasuring(read),
    dockerHost:
      read.matching("DOCKER_HOST", "must be a unix://, tcp:// or http:// address", (text) =>
        /^(unix|tcp|http):\/\/./.test(text),
      ) ?? "unix:///var/run/docker.sock",
    engineConcurrency:
      read.wholeNumber("BERTH_ENGINE_CONCURRENCY", { min: 1 }) ?? DEFAULT_ENGINE_CONCURRENCY,
  };
}

/** State is kept where a directory is named, unless ECS_CHECKPOINT says otherwise. */
function readStateDirectory(read: ConfigReader): { readonly dataDir?: string } {
  const named = read.text("ECS_DATADIR");
  const kept = read.flag("ECS_CHECKPOINT") ?? named !== undefined;
  return kept ? { dataDir: named ?? "/data" } : {};
}

/** An engine of two cores gains little beyond four at once. */
const DEFAULT_ENGINE_CONCURRENCY = 4;

const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;

const PORTS_RULE = "a JSON array of ports from 1 to 65535";

const isPorts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.every(
    (port: unknown) => Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536,
  );

const RESOURCES_RULE = "a JSON object of resource names and whole numbers from 1 to 999999";

const isCountable = (value: unknown): value is Countable =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(
    ([name, units]: [string, unknown]) =>
      isResourceName(name) &&
      Number.isInteger(units) &&
      Number(units) >= 1 &&
      Number(units) <= 999_999,
  );

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const isTextRecord = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  isTexts(Object.values(value));
