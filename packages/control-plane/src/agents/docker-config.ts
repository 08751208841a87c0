import { defined } from "@berth/domain/defined";
import type { ContainerDefinition, TaskDefinition } from "@berth/domain/task-definition";
import { engineLogConfig, type LogOrigin } from "./log-config.ts";

const NANOSECONDS_PER_SECOND = 1_000_000_000;
const BYTES_PER_MIB = 1_048_576;

/** ECS's own defaults. Source: ECS API reference, HealthCheck. */
const HEALTH_CHECK_SECONDS = { interval: 30, timeout: 5, startPeriod: 0 } as const;
const HEALTH_CHECK_RETRIES = 3;

/** What a container definition says in the Engine API's container Config, beside what agents build. */
export function containerConfig(container: ContainerDefinition): Record<string, unknown> {
  return defined({
    User: container.user,
    WorkingDir: container.workingDirectory,
    Hostname: container.hostname,
    Labels: container.dockerLabels,
    Healthcheck: healthcheck(container),
    Tty: container.pseudoTerminal,
    OpenStdin: container.interactive,
    NetworkDisabled: container.disableNetworking,
  });
}

function healthcheck({ healthCheck }: ContainerDefinition): Record<string, unknown> | undefined {
  if (!healthCheck) return undefined;
  const nanoseconds = (key: keyof typeof HEALTH_CHECK_SECONDS) =>
    (healthCheck[key] ?? HEALTH_CHECK_SECONDS[key]) * NANOSECONDS_PER_SECOND;
  return {
    Test: healthCheck.command,
    Interval: nanoseconds("interval"),
    Timeout: nanoseconds("timeout"),
    StartPeriod: nanoseconds("startPeriod"),
    Retries: healthCheck.retries ?? HEALTH_CHECK_RETRIES,
  };
}

/** What the container has of its instance's memory, with its overrides, and where its log is from. */
export interface ContainerSurroundings {
  readonly memoryMiB?: number | undefined;
  readonly memoryReservationMiB?: number | undefined;
  readonly log: LogOrigin;
}

/** The same for the Engine API's HostConfig. */
export function hostConfig(
  container: ContainerDefinition,
  definition: TaskDefinition,
  { memoryMiB, memoryReservationMiB, log }: ContainerSurroundings,
): Record<string, unknown> {
  const { networkMode } = definition;
  return defined({
    // The agent takes the mode of the task for its own account only (agent protocol 5).
    NetworkMode: networkMode === "host" || networkMode === "none" ? networkMode : undefined,
    MemoryReservation:
      memoryReservationMiB === undefined ? undefined : memoryReservationMiB * BYTES_PER_MIB,
    Privileged: container.privileged,
    ReadonlyRootfs: container.readonlyRootFilesystem,
    Dns: container.dnsServers,
    DnsSearch: container.dnsSearchDomains,
    ExtraHosts: container.extraHosts?.map((host) => `${host.hostname}:${host.ipAddress}`),
    SecurityOpt: container.dockerSecurityOptions,
    Ulimits: container.ulimits?.map((limit) => ({
      Name: limit.name,
      Soft: limit.softLimit,
      Hard: limit.hardLimit,
    })),
    Sysctls: sysctls(container),
    LogConfig: engineLogConfig(container, log),
    ...linuxHostConfig(container),
    MemorySwap: memorySwap(container, memoryMiB),
  });
}

/** The engine counts memory and swap together. Without a limit of memory there is none of swap. */
function memorySwap(
  { linuxParameters: { maxSwap } = {} }: ContainerDefinition,
  memoryMiB: number | undefined,
): number | undefined {
  if (maxSwap === undefined || memoryMiB === undefined) return undefined;
  return (memoryMiB + maxSwap) * BYTES_PER_MIB;
}

function sysctls({ systemControls = [] }: ContainerDefinition): Record<string, string> | undefined {
  if (systemControls.length === 0) return undefined;
  return Object.fromEntries(
    systemControls.map(({ namespace = "", value = "" }) => [namespace, value]),
  );
}

function linuxHostConfig({ linuxParameters: linux }: ContainerDefinition): Record<string, unknown> {
  if (!linux) return {};
  return {
    CapAdd: linux.capabilities?.add,
    CapDrop: linux.capabilities?.drop,
    Init: linux.initProcessEnabled,
    ShmSize:
      linux.sharedMemorySize === undefined ? undefined : linux.sharedMemorySize * BYTES_PER_MIB,
    Tmpfs: linux.tmpfs && Object.fromEntries(linux.tmpfs.map(tmpfsMount)),
    Devices: linux.devices?.map((device) => ({
      PathOnHost: device.hostPath,
      PathInContainer: device.containerPath ?? device.hostPath,
      CgroupPermissions: devicePermissions(device.permissions),
    })),
    MemorySwappiness: linux.swappiness,
  };
}

type Linux = NonNullable<ContainerDefinition["linuxParameters"]>;

function tmpfsMount(mount: NonNullable<Linux["tmpfs"]>[number]): [string, string] {
  return [mount.containerPath, [...(mount.mountOptions ?? []), `size=${mount.size}m`].join(",")];
}

const DEVICE_LETTERS: Readonly<Record<string, string>> = { read: "r", write: "w", mknod: "m" };

/** `rwm` where nothing is said. Source: ECS API reference, Device. */
function devicePermissions(permissions: readonly string[] | undefined): string {
  if (!permissions || permissions.length === 0) return "rwm";
  return permissions.map((permission) => DEVICE_LETTERS[permission] ?? "").join("");
}
