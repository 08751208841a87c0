import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import { remaining } from "@berth/domain/container-instance";
import type { Capacity, Demand } from "@berth/domain/resources";
import type { Candidate } from "./place.ts";

/**
 * An instance while a batch is placed: its ledger as it will be once what was given to it so far is
 * reserved. Only `settle` changes it.
 */
export interface Site {
  /** Its place among the candidates. */
  readonly index: number;
  readonly instance: ContainerInstance;
  readonly ledger: InstanceLedger;
  left: Capacity;
  /** Tasks of the batch's own group that hold something here, those just given included. */
  tasksOfGroup: readonly string[];
}

const NONE: readonly string[] = [];

export function openSite({ instance, ledger }: Candidate, index: number, hash: string): Site {
  const held = Object.keys(ledger.reservations);
  return {
    index,
    instance,
    ledger,
    left: remaining(instance.registered, ledger),
    // Most instances hold none: a list of their own for each would be most of what is allocated.
    tasksOfGroup: holdsGroup(held, hash) ? held.filter((taskId) => taskId.startsWith(hash)) : NONE,
  };
}

/** Gives a task of the batch to a site: the next one sees what this one left. */
export function settle(site: Site, taskId: string, demand: Demand): void {
  site.tasksOfGroup = [...site.tasksOfGroup, taskId];
  site.left = {
    cpuUnits: site.left.cpuUnits - demand.cpuUnits,
    memoryMiB: site.left.memoryMiB - demand.memoryMiB,
    usedTcpPorts: [...site.left.usedTcpPorts, ...demand.tcpPorts],
    usedUdpPorts: [...site.left.usedUdpPorts, ...demand.udpPorts],
  };
}

/** Every task that holds something on the site. */
export const taskIdsOf = (site: Site): readonly string[] => [
  ...new Set([...Object.keys(site.ledger.reservations), ...site.tasksOfGroup]),
];

/** Whether any of these tasks belongs to a group, told by their ids alone. */
export const holdsGroup = (taskIds: readonly string[], hash: string): boolean =>
  taskIds.some((taskId) => taskId.startsWith(hash));
