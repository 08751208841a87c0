import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import type { Attribute } from "@berth/domain/container-instance";
import type { AgentConfig } from "../config.ts";

const OLD_PREFIX = "com.amazonaws.ecs.capability.";
const NEW_PREFIX = "ecs.capability.";

/** API versions that task definitions ask for; the gaps are ECS's own. */
const DOCKER_API_MINORS = [17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 32];

/** What of the engine decides about capabilities. */
export interface EngineFacts {
  /** Such as `1.41`. */
  readonly apiVersion: string;
  /** Go's name, such as `amd64`. */
  readonly architecture: string;
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
    ...config.loggingDrivers.map((driver) => `${OLD_PREFIX}logging-driver.${driver}`),
    ...(config.privilegedDisabled ? [] : [`${OLD_PREFIX}privileged-container`]),
    `${NEW_PREFIX}container-health-check`,
    `${NEW_PREFIX}container-ordering`,
    `${NEW_PREFIX}docker-plugin.local`,
    `${NEW_PREFIX}full-sync`,
    `${NEW_PREFIX}task-cpu-mem-limit`,
    `${NEW_PREFIX}increased-task-cpu-limit`,
    ...(config.taskIamRole ? [`${OLD_PREFIX}task-iam-role`] : []),
    ...(config.taskIamRoleNetworkHost ? [`${OLD_PREFIX}task-iam-role-network-host`] : []),
    ...(config.external ? [`${NEW_PREFIX}external`] : []),
  ].map((name) => ({ name }));
}

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
