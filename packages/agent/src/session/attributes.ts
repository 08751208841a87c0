import { STREAMS_ATTRIBUTE } from "@berth/contracts/stream/frames";
import { OWN_TASK_NETWORK } from "@berth/domain/awsvpc";
import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import type { Attribute } from "@berth/domain/container-instance";
import type { AgentConfig } from "../config.ts";
import { pauseProgram } from "../docker/pause-program.ts";
import type { Gpus } from "../gpus.ts";

const OLD_PREFIX = "com.amazonaws.ecs.capability.";
const NEW_PREFIX = "ecs.capability.";

/** API versions that task definitions ask for; the gaps are ECS's own. */
const DOCKER_API_MINORS = [17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 32];

/** What the agent fetches for tasks. */
const SOURCES = [
  "env-files.s3",
  "private-registry-authentication.secretsmanager",
  "secrets.asm.environment-variables",
  "secrets.asm.bootstrap.log-driver",
  "secrets.ssm.environment-variables",
  "secrets.ssm.bootstrap.log-driver",
].map((name) => `${NEW_PREFIX}${name}`);

/** What of the engine decides about capabilities. */
export interface EngineFacts {
  /** Such as `1.41`. */
  readonly apiVersion: string;
  /** Go's name, such as `amd64`. */
  readonly architecture: string;
  /** Names of the log drivers that it has, beside `none`. Absent: it does not say. */
  readonly logDrivers?: readonly string[];
  /** Absent where there is no way into its containers. */
  readonly streams?: object;
}

/**
 * What the instance can do, in the names that task definitions require: only what is true of this
 * agent. Source: ECS developer guide, "Container instance attributes".
 */
export function capabilityAttributes(
  config: AgentConfig,
  engine: EngineFacts,
): readonly Attribute[] {
  const minor = Number(engine.apiVersion.split(".")[1] ?? 0);
  return [
    ...DOCKER_API_MINORS.filter((each) => each <= minor).map(
      (each) => `${OLD_PREFIX}docker-remote-api.1.${each}`,
    ),
    ...loggingCapabilities(config, engine),
    ...(config.privilegedDisabled ? [] : [`${OLD_PREFIX}privileged-container`]),
    ...(config.selinuxCapable ? [`${OLD_PREFIX}selinux`] : []),
    ...(config.apparmorCapable ? [`${OLD_PREFIX}apparmor`] : []),
    ...(config.healthChecksDisabled ? [] : [`${NEW_PREFIX}container-health-check`]),
    `${NEW_PREFIX}container-ordering`,
    `${NEW_PREFIX}container-restart-policy`,
    `${NEW_PREFIX}docker-plugin.local`,
    ...SOURCES,
    `${NEW_PREFIX}full-sync`,
    `${NEW_PREFIX}network.container-port-range`,
    ...(pauseProgram(engine.architecture) ? [`${NEW_PREFIX}pid-ipc-namespace-sharing`] : []),
    ...(config.taskLimits
      ? [`${NEW_PREFIX}task-cpu-mem-limit`, `${NEW_PREFIX}increased-task-cpu-limit`]
      : []),
    ...(config.taskEni ? [`${NEW_PREFIX}task-eni`, OWN_TASK_NETWORK] : []),
    ...(config.taskIamRole ? [`${OLD_PREFIX}task-iam-role`] : []),
    ...(config.taskIamRoleNetworkHost ? [`${OLD_PREFIX}task-iam-role-network-host`] : []),
    ...(config.external ? [`${NEW_PREFIX}external`] : []),
    ...waysIn(engine),
  ].map((name) => ({ name }));
}

const loggingCapabilities = (config: AgentConfig, engine: EngineFacts): readonly string[] => [
  ...offeredDrivers(config, engine).map((driver) => `${OLD_PREFIX}logging-driver.${driver}`),
  ...(config.awslogsExecutionRole ? [`${NEW_PREFIX}execution-role-awslogs`] : []),
];

/** An instance may have been told of a driver that its engine was built without. */
const offeredDrivers = (
  { loggingDrivers }: Pick<AgentConfig, "loggingDrivers">,
  { logDrivers }: Pick<EngineFacts, "logDrivers">,
): readonly string[] =>
  loggingDrivers.filter(
    (driver) => driver === "none" || !logDrivers || logDrivers.includes(driver),
  );
/** Berth's own. */
const waysIn = ({ streams }: EngineFacts): readonly string[] =>
  streams ? [STREAMS_ATTRIBUTE] : [];

/** Which driver its GPUs have. */
export const gpuAttributes = ({ driverVersion }: Gpus): readonly Attribute[] =>
  driverVersion === undefined
    ? []
    : [
        { name: `${NEW_PREFIX}nvidia-driver-version.${driverVersion}` },
        { name: "ecs.gpu-driver-version", value: driverVersion },
      ];

/** What the instance is, which placement constraints match on. */
export function identityAttributes(config: AgentConfig, engine: EngineFacts): readonly Attribute[] {
  const { availabilityZone, instanceName, autoScalingGroup } = config;
  return [
    { name: "ecs.os-type", value: "linux" },
    { name: "ecs.os-family", value: "LINUX" },
    {
      name: "ecs.cpu-architecture",
      value: ARCHITECTURE[engine.architecture] ?? engine.architecture,
    },
    ...(availabilityZone ? [{ name: "ecs.availability-zone", value: availabilityZone }] : []),
    ...(instanceName ? [{ name: "berth.instance-name", value: instanceName }] : []),
    ...(autoScalingGroup ? [{ name: AUTO_SCALING_GROUP, value: autoScalingGroup }] : []),
  ];
}

const ARCHITECTURE: Readonly<Record<string, string>> = { amd64: "x86_64", arm64: "arm64" };
