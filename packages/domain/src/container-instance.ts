import type { Capacity, Demand } from "./resources.ts";
import type { Tag } from "./tag.ts";

export interface Attribute {
  readonly name: string;
  readonly value?: string;
}

/**
 * What is said once, at registration, and seldom changes. What every placement changes is apart, in
 * `InstanceLedger`: DynamoDB bills and locks whole items (ADR 0004).
 */
export interface ContainerInstance {
  readonly cluster: string;
  /** 32 lower-case hex digits. */
  readonly id: string;
  readonly ec2InstanceId?: string;
  /** ARN of the principal. Absent in what was registered before Berth kept it. */
  readonly registeredBy?: string;
  readonly registered: Capacity;
  readonly attributes: readonly Attribute[];
  readonly versionInfo: {
    readonly agentVersion?: string;
    readonly agentHash?: string;
    readonly dockerVersion?: string;
  };
  readonly tags: readonly Tag[];
  /** Epoch ms. */
  readonly registeredAt: number;
}

export type ContainerInstanceStatus = "ACTIVE" | "DRAINING" | "INACTIVE";

/**
 * What changes at every placement: who holds what, and whether the instance takes more. What is
 * left is never stored: it follows from `registered` and `reservations`, so it cannot drift.
 */
export interface InstanceLedger {
  readonly cluster: string;
  readonly id: string;
  readonly status: ContainerInstanceStatus;
  readonly agentConnected: boolean;
  /** Task id to what it holds. An entry lives from before its task is written until it stopped. */
  readonly reservations: Readonly<Record<string, Reservation>>;
  /** Absent where EC2 has told nothing yet. */
  readonly host?: HostRecord;
  /** Version of the descriptive item that this ledger goes with; a reader's cache key. */
  readonly descriptionVersion: number;
}

/**
 * What EC2 tells of the machine under an instance: that it will go (a Spot interruption, a group that
 * scales in, a shutdown that has begun), or that it is gone.
 */
export interface HostNotice {
  readonly ec2InstanceId: string;
  readonly state: "leaving" | "stopped" | "terminated";
  /** Epoch ms, by EC2's clock. */
  readonly at: number;
}

/** The latest that is known of the machine. It is `running` again once its agent is back from a stop. */
export interface HostRecord extends Omit<HostNotice, "state"> {
  readonly state: HostNotice["state"] | "running";
  /** The notice is what made the instance DRAINING: it will be ACTIVE when the machine is back. */
  readonly drained?: boolean;
}

export interface Reservation extends Demand {
  /** Epoch ms: when it was made. One whose task never appeared is released after a grace period. */
  readonly reservedAt: number;
}

/** What is left of an instance, by its own ledger. One pass: placement asks it of every instance. */
export function remaining(
  registered: Capacity,
  ledger: Pick<InstanceLedger, "reservations">,
): Capacity {
  let { cpuUnits, memoryMiB } = registered;
  const usedTcpPorts = [...registered.usedTcpPorts];
  const usedUdpPorts = [...registered.usedUdpPorts];
  for (const held of Object.values(ledger.reservations)) {
    cpuUnits -= held.cpuUnits;
    memoryMiB -= held.memoryMiB;
    for (const port of held.tcpPorts) usedTcpPorts.push(port);
    for (const port of held.udpPorts) usedUdpPorts.push(port);
  }
  return { cpuUnits, memoryMiB, usedTcpPorts, usedUdpPorts };
}

/** What keeps a demand off an instance, in ECS's own words, or undefined where it fits. */
export type MisfitReason = "RESOURCE:CPU" | "RESOURCE:MEMORY" | "RESOURCE:PORTS";

export function misfit(left: Capacity, demand: Demand): MisfitReason | undefined {
  if (demand.cpuUnits > left.cpuUnits) return "RESOURCE:CPU";
  if (demand.memoryMiB > left.memoryMiB) return "RESOURCE:MEMORY";
  if (demand.tcpPorts.some((port) => left.usedTcpPorts.includes(port))) return "RESOURCE:PORTS";
  if (demand.udpPorts.some((port) => left.usedUdpPorts.includes(port))) return "RESOURCE:PORTS";
  return undefined;
}
