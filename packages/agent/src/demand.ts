import type { PayloadContainer, PayloadPort, PayloadTask } from "@berth/contracts/agent/messages";
import type { Demand } from "@berth/domain/resources";
import { portsOf } from "./port-range.ts";

const BYTES_PER_MIB = 1_048_576;

/**
 * What a task holds of its instance: the task size where there is one, else the sum over its
 * containers, with the soft memory limit before the hard one. Host ports that Docker picks are not
 * held. Expects the JSON texts of the payload to be valid.
 */
export function payloadDemand(task: PayloadTask): Demand {
  const ports = task.containers.flatMap((container) => container.portMappings ?? []);
  const heldPorts = (protocol: "tcp" | "udp") =>
    ports
      .filter((port) => (port.protocol ?? "tcp") === protocol)
      .flatMap((port) => hostPorts(port, task.networkMode));
  return {
    cpuUnits: task.cpu
      ? Math.round(task.cpu * 1_024)
      : sum(task.containers.map(({ cpu = 0 }) => cpu)),
    memoryMiB: task.memory || sum(task.containers.map(containerMemoryMiB)),
    tcpPorts: heldPorts("tcp"),
    udpPorts: heldPorts("udp"),
    ...gpuDemand(task),
  };
}

/** The fields of `dockerConfig.config` or `hostConfig`: JSON text in the engine's own format. */
export function parseDockerJson(text: string | undefined): Readonly<Record<string, unknown>> {
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

function gpuDemand({ associations = [] }: PayloadTask): Pick<Demand, "countable"> {
  const gpus = associations.filter(({ type }) => type === "gpu");
  return gpus.length > 0 ? { countable: { GPU: gpus.length } } : {};
}

/** On the host's network the ports of a range are the container's own; else they are picked. */
function hostPorts(port: PayloadPort, networkMode: string | undefined): readonly number[] {
  // A task with a network of its own has all ports there to itself.
  if (networkMode === "awsvpc") return [];
  if (port.containerPortRange === undefined) return port.hostPort ? [port.hostPort] : [];
  return networkMode === "host" ? portsOf(port) : [];
}

function containerMemoryMiB(container: PayloadContainer): number {
  const { MemoryReservation } = parseDockerJson(container.dockerConfig?.hostConfig);
  const softLimit = typeof MemoryReservation === "number" ? MemoryReservation / BYTES_PER_MIB : 0;
  return softLimit || (container.memory ?? 0);
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
