import type {
  ContainerDefinition,
  NetworkMode,
  PortMapping,
  TaskDefinition,
} from "./task-definition.ts";

/** What one task takes from its instance. */
export interface Demand {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  /** Units of the other resources by name: `GPU`, or what instances register under names of their own. */
  readonly countable?: Countable;
}

/** What an instance has, or has left. Ports are those already taken. */
export interface Capacity {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly usedTcpPorts: readonly number[];
  readonly usedUdpPorts: readonly number[];
  readonly countable?: Countable;
}

/** Whole units by the name of the resource. */
export type Countable = Readonly<Record<string, number>>;

/**
 * What a task of this definition takes: the task size where it is set, else the sum over its
 * containers; for memory the reservation (soft limit) where there is one, else the hard limit.
 * A `hostPort` of 0 is not accounted: Docker picks one, as it does for a range of container ports
 * unless the task uses the host's network. Source: ECS API reference, ContainerDefinition `memory`,
 * `memoryReservation`, `resourceRequirements`, PortMapping `hostPort`, `containerPortRange`.
 */
export function taskDemand(definition: TaskDefinition): Demand {
  const { cpu, memory, containerDefinitions: containers } = definition;
  const ports =
    definition.networkMode === "awsvpc" ? [] : containers.flatMap((c) => c.portMappings);
  const hostPorts = (protocol: "tcp" | "udp") =>
    ports
      .filter((port) => (port.protocol ?? "tcp") === protocol)
      .flatMap((port) => heldPorts(port, definition.networkMode));
  return {
    cpuUnits: cpu === undefined ? sum(containers.map((c) => c.cpu)) : Number(cpu),
    memoryMiB:
      memory === undefined
        ? sum(containers.map((c) => c.memoryReservation ?? c.memory ?? 0))
        : Number(memory),
    tcpPorts: hostPorts("tcp"),
    udpPorts: hostPorts("udp"),
    ...countableDemand(containers),
  };
}

/** So begins the Docker label by which a container asks for a resource of the instance's own (ADR 0017). */
export const RESOURCE_LABEL = "berth.resource.";

/**
 * Whether such a resource may be called so: not as those that ECS has itself, without space, comma or
 * `=`, and not as what every object has, since units are kept in objects by name.
 */
export const isResourceName = (name: string): boolean =>
  RESOURCE_NAME.test(name) && !(name in Object.prototype);

const RESOURCE_NAME = /^(?!(CPU|MEMORY|PORTS|PORTS_UDP|GPU)$)[a-zA-Z0-9_.-]{1,64}$/;

function countableDemand(
  containers: readonly Pick<ContainerDefinition, "resourceRequirements" | "dockerLabels">[],
): Pick<Demand, "countable"> {
  const countable: Record<string, number> = {};
  const add = (name: string, units: number) => {
    countable[name] = (countable[name] ?? 0) + units;
  };
  for (const container of containers) {
    const gpuCount = countGpus(container);
    if (gpuCount > 0) add("GPU", gpuCount);
    for (const [label, value] of Object.entries(container.dockerLabels ?? {})) {
      if (label.startsWith(RESOURCE_LABEL)) add(label.slice(RESOURCE_LABEL.length), Number(value));
    }
  }
  return Object.keys(countable).length > 0 ? { countable } : {};
}

/** How many GPUs a container asks for. */
export const countGpus = ({
  resourceRequirements = [],
}: Pick<ContainerDefinition, "resourceRequirements">): number =>
  sum(resourceRequirements.map(({ type, value }) => (type === "GPU" ? Number(value) : 0)));

function heldPorts(port: PortMapping, networkMode: NetworkMode | undefined): readonly number[] {
  const { hostPort, containerPortRange } = port;
  if (containerPortRange === undefined) return hostPort ? [hostPort] : [];
  if (networkMode !== "host") return [];
  const [first = 0, last = first] = containerPortRange.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
