import type { TaskDefinition } from "./task-definition.ts";

/** What one task takes from its instance. */
export interface Demand {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
}

/** What an instance has, or has left. Ports are those already taken. */
export interface Capacity {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly usedTcpPorts: readonly number[];
  readonly usedUdpPorts: readonly number[];
}

/** Container and task sizes that RunTask or StartTask replace. */
export interface SizeOverrides {
  readonly cpu?: string;
  readonly memory?: string;
  readonly containerOverrides?: readonly {
    readonly name?: string;
    readonly cpu?: number;
    readonly memory?: number;
    readonly memoryReservation?: number;
  }[];
}

/**
 * What a task of this definition takes: the task size where it is set, else the sum over its
 * containers; for memory the reservation (soft limit) where there is one, else the hard limit.
 * A `hostPort` of 0 is not accounted: Docker picks one. Source: ECS API reference,
 * ContainerDefinition `memory`, `memoryReservation`, PortMapping `hostPort`.
 */
export function taskDemand(definition: TaskDefinition, overrides: SizeOverrides = {}): Demand {
  const containers = definition.containerDefinitions.map((container) => ({
    ...container,
    ...definedSizes(overrides.containerOverrides?.find(({ name }) => name === container.name)),
  }));
  const ports =
    definition.networkMode === "awsvpc" ? [] : containers.flatMap((c) => c.portMappings);
  const hostPorts = (protocol: "tcp" | "udp") =>
    ports.flatMap((port) =>
      (port.protocol ?? "tcp") === protocol && port.hostPort ? [port.hostPort] : [],
    );
  const cpu = overrides.cpu ?? definition.cpu;
  const memory = overrides.memory ?? definition.memory;
  return {
    cpuUnits: cpu === undefined ? sum(containers.map((c) => c.cpu)) : Number(cpu),
    memoryMiB:
      memory === undefined
        ? sum(containers.map((c) => c.memoryReservation ?? c.memory ?? 0))
        : Number(memory),
    tcpPorts: hostPorts("tcp"),
    udpPorts: hostPorts("udp"),
  };
}

interface ContainerSizes {
  readonly cpu?: number;
  readonly memory?: number;
  readonly memoryReservation?: number;
}

function definedSizes(override: ContainerSizes | undefined): ContainerSizes {
  return {
    ...(override?.cpu !== undefined && { cpu: override.cpu }),
    ...(override?.memory !== undefined && { memory: override.memory }),
    ...(override?.memoryReservation !== undefined && {
      memoryReservation: override.memoryReservation,
    }),
  };
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
