import type { Capacity, Countable, Demand } from "./resources.ts";
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
  /** Ids of its GPUs; `registered` counts them. */
  readonly gpuIds?: readonly string[];
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
  /** Epoch ms: since when its agent has been away. Absent while it is connected. */
  readonly agentAwaySince?: number;
  /** Task id to what it holds. An entry lives from before its task is written until it stopped. */
  readonly reservations: Readonly<Record<string, Reservation>>;
  /** Where somebody asked for it to be DRAINING, until it is ACTIVE again. */
  readonly drain?: DrainRequest;
  /** Absent where EC2 has told nothing yet. */
  readonly host?: HostRecord;
  /** Version of the descriptive item that this ledger goes with; a reader's cache key. */
  readonly descriptionVersion: number;
  /** Epoch ms: when its agent came, so that those that came lately can be listed. */
  readonly joinedAt?: number;
}

export interface DrainRequest {
  /** Epoch ms. */
  readonly at: number;
  readonly requestId: string;
  /** ARN of who asked. */
  readonly principalArn: string;
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
  /** Only of a machine that is leaving, where its group waits until it is told to go on. */
  readonly lifecycleAction?: LifecycleAction;
}

/** An Auto Scaling group waits, because of a lifecycle hook, before it ends a machine. */
export interface LifecycleAction {
  readonly autoScalingGroup: string;
  readonly hook: string;
  /** Tells this time of waiting from any other. */
  readonly token: string;
}

/** A lifecycle action that has not been completed, as far as is known. Times are epoch ms. */
export interface PendingLifecycleAction extends LifecycleAction {
  readonly since: number;
  /** When the group was last told that it still has to wait. */
  readonly extendedAt: number;
}

/** The latest that is known of the machine. It is `running` again once its agent is back from a stop. */
export interface HostRecord extends Omit<HostNotice, "state" | "lifecycleAction"> {
  readonly state: HostNotice["state"] | "running";
  /** The notice is what made the instance DRAINING: it will be ACTIVE when the machine is back. */
  readonly drained?: boolean;
  readonly lifecycleAction?: PendingLifecycleAction;
}

/** Since when the agent of an instance is missed: nobody expects one that has no machine or no place any more. */
export function agentMissedSince({
  status,
  host,
  agentAwaySince,
}: InstanceLedger): number | undefined {
  return status === "INACTIVE" || host?.state === "stopped" ? undefined : agentAwaySince;
}

export interface Reservation extends Demand {
  /** The GPUs of the instance that the task has. */
  readonly gpuIds?: readonly string[];
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
  const countable = registered.countable && { ...registered.countable };
  for (const held of Object.values(ledger.reservations)) {
    cpuUnits -= held.cpuUnits;
    memoryMiB -= held.memoryMiB;
    for (const port of held.tcpPorts) usedTcpPorts.push(port);
    for (const port of held.udpPorts) usedUdpPorts.push(port);
    if (countable && held.countable) subtract(countable, held.countable);
  }
  return { cpuUnits, memoryMiB, usedTcpPorts, usedUdpPorts, ...(countable && { countable }) };
}

/** The GPUs that no task has, in the order in which they were registered. */
export function freeGpuIds(
  gpuIds: readonly string[],
  { reservations }: Pick<InstanceLedger, "reservations">,
): readonly string[] {
  const taken = new Set(Object.values(reservations).flatMap((held) => held.gpuIds ?? []));
  return gpuIds.filter((id) => !taken.has(id));
}

/** What is left once a demand is met as well. */
export function without(left: Capacity, demand: Demand): Capacity {
  const countable = demand.countable && { ...left.countable };
  if (countable && demand.countable) subtract(countable, demand.countable);
  return {
    ...left,
    cpuUnits: left.cpuUnits - demand.cpuUnits,
    memoryMiB: left.memoryMiB - demand.memoryMiB,
    ...(demand.tcpPorts.length > 0 && { usedTcpPorts: [...left.usedTcpPorts, ...demand.tcpPorts] }),
    ...(demand.udpPorts.length > 0 && { usedUdpPorts: [...left.usedUdpPorts, ...demand.udpPorts] }),
    ...(countable && { countable }),
  };
}

function subtract(from: Record<string, number>, taken: Countable): void {
  for (const [name, units] of Object.entries(taken)) from[name] = (from[name] ?? 0) - units;
}

/**
 * What keeps a demand off an instance, in ECS's own words, `RESOURCE:` and the name of the resource,
 * or undefined where it fits.
 */
export type MisfitReason = `RESOURCE:${string}`;

export function misfit(left: Capacity, demand: Demand): MisfitReason | undefined {
  if (demand.cpuUnits > left.cpuUnits) return "RESOURCE:CPU";
  if (demand.memoryMiB > left.memoryMiB) return "RESOURCE:MEMORY";
  if (overlaps(demand.tcpPorts, left.usedTcpPorts)) return "RESOURCE:PORTS";
  if (overlaps(demand.udpPorts, left.usedUdpPorts)) return "RESOURCE:PORTS";
  for (const name in demand.countable) {
    if ((demand.countable[name] ?? 0) > (left.countable?.[name] ?? 0)) return `RESOURCE:${name}`;
  }
  return undefined;
}

/** Tasks want a port or two; a range may be thousands. */
function overlaps(wanted: readonly number[], used: readonly number[]): boolean {
  if (wanted.length <= 4) return wanted.some((port) => used.includes(port));
  const taken = new Set(used);
  return wanted.some((port) => taken.has(port));
}
