import type { Attribute } from "@berth/domain/container-instance";
import type { PlacementFailure } from "@berth/domain/service";
import { misfit } from "@berth/domain/container-instance";
import type { Demand } from "@berth/domain/resources";
import { type Site, taskIdsOf } from "./site.ts";

/**
 * One rule that an instance must pass. What one placement takes away no later one of the batch gives
 * back: a site that fails once fails for the rest of it.
 */
export interface Filter<Facts = Site> {
  passes(site: Facts): boolean;
  /** Why it did not pass: ECS's word for it, and figures for people. Apart from `passes`, for most sites are never asked. */
  reason(site: Facts): string;
  detail(site: Facts): string;
  /** Where this is there, sites that do not pass are not even considered; it is told where none does. */
  readonly whereNonePasses?: PlacementFailure;
}

/** All that a requirement of attributes looks at. */
type WithAttributes = Pick<Site, "attributes">;

export const agentFilter: Filter = {
  passes: (site) => site.ledger.agentConnected,
  reason: () => "AGENT",
  detail: () => "agent: not connected",
};

export function resourceFilter(demand: Demand): Filter {
  return {
    passes: (site) => misfit(site.left, demand) === undefined,
    reason: (site) => misfit(site.left, demand) ?? "RESOURCE:PORTS",
    detail: (site) => explainMisfit(site, demand),
  };
}

export function attributeFilter(required: readonly Attribute[]): Filter<WithAttributes> {
  const missing = (site: WithAttributes) => required.find((each) => !hasAttribute(site, each));
  return {
    passes: (site) => missing(site) === undefined,
    reason: () => "ATTRIBUTE",
    detail: (site) => explainMissing(site, missing(site)),
  };
}

function explainMisfit(site: Site, demand: Demand): string {
  const { left } = site;
  const { registered } = site.instance;
  const reason = misfit(left, demand);
  const reserved = (units: number) =>
    `${units} reserved by ${plural(taskIdsOf(site).length, "task")}`;
  switch (reason) {
    case "RESOURCE:CPU":
      return `cpu: needs ${demand.cpuUnits} units, has ${left.cpuUnits} units free of ${registered.cpuUnits}; ${reserved(registered.cpuUnits - left.cpuUnits)}`;
    case "RESOURCE:MEMORY":
      return `memory: needs ${demand.memoryMiB} MiB, has ${left.memoryMiB} MiB free of ${registered.memoryMiB}; ${reserved(registered.memoryMiB - left.memoryMiB)}`;
    case "RESOURCE:PORTS":
    case undefined:
      return `ports: ${takenPorts(site, demand)} in use`;
    default:
      return explainCountable(site, demand, reason.slice("RESOURCE:".length));
  }
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

function explainCountable({ left, instance }: Site, demand: Demand, name: string): string {
  const registered = instance.registered.countable?.[name];
  return registered === undefined
    ? `${name}: needs ${demand.countable?.[name]}, has none of that name`
    : `${name}: needs ${demand.countable?.[name]}, has ${left.countable?.[name]} free of ${registered}`;
}

function takenPorts({ left }: Site, demand: Demand): string {
  const tcp = demand.tcpPorts.filter((port) => left.usedTcpPorts.includes(port));
  const udp = demand.udpPorts.filter((port) => left.usedUdpPorts.includes(port));
  return [...tcp.map((port) => `${port}/tcp`), ...udp.map((port) => `${port}/udp`)].join(", ");
}

function hasAttribute({ attributes }: WithAttributes, required: Attribute): boolean {
  const value = attributes.get(required.name);
  return value !== undefined && (required.value === undefined || value === required.value);
}

function explainMissing(site: WithAttributes, missing: Attribute | undefined): string {
  const value = missing && site.attributes.get(missing.name);
  const wanted = missing?.value === undefined ? missing?.name : `${missing.name}=${missing.value}`;
  return `attribute: needs ${wanted}, has ${value === undefined ? "none of that name" : value || "no value"}`;
}
