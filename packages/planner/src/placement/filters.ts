import type { Attribute } from "@berth/domain/container-instance";
import { misfit } from "@berth/domain/container-instance";
import type { Demand } from "@berth/domain/resources";
import type { PlacementFailure } from "@berth/domain/service";
import type { Site } from "./site.ts";

/**
 * One rule that an instance must pass. What one placement takes away no later one of the batch gives
 * back: a site that fails once fails for the rest of it.
 */
export interface Filter {
  passes(site: Site): boolean;
  /** Why it did not pass. Apart from `passes`, for most sites are never asked. */
  explain(site: Site): Rejection;
}

export type Rejection = Omit<PlacementFailure, "containerInstanceId">;

export const agentFilter: Filter = {
  passes: (site) => site.ledger.agentConnected,
  explain: () => ({ reason: "AGENT", detail: "agent: not connected" }),
};

export function resourceFilter(demand: Demand): Filter {
  return {
    passes: (site) => misfit(site.left, demand) === undefined,
    explain: (site) => explainMisfit(site, demand),
  };
}

/** An attribute required by name alone must exist; one with a value must have just that value. */
export function attributeFilter(required: readonly Attribute[]): Filter {
  const missing = (site: Site) =>
    required.find((each) => !site.instance.attributes.some((own) => satisfies(own, each)));
  return {
    passes: (site) => missing(site) === undefined,
    explain: (site) => ({ reason: "ATTRIBUTE", detail: explainMissing(site, missing(site)) }),
  };
}

function explainMisfit(site: Site, demand: Demand): Rejection {
  const { left } = site;
  const { registered } = site.instance;
  const reason = misfit(left, demand);
  switch (reason) {
    case "RESOURCE:CPU":
      return {
        reason,
        detail: `cpu: needs ${demand.cpuUnits} units, has ${left.cpuUnits} units free of ${registered.cpuUnits}`,
      };
    case "RESOURCE:MEMORY":
      return {
        reason,
        detail: `memory: needs ${demand.memoryMiB} MiB, has ${left.memoryMiB} MiB free of ${registered.memoryMiB}`,
      };
    case "RESOURCE:PORTS":
    case undefined:
      return { reason: "RESOURCE:PORTS", detail: `ports: ${takenPorts(site, demand)} in use` };
  }
}

function takenPorts({ left }: Site, demand: Demand): string {
  const tcp = demand.tcpPorts.filter((port) => left.usedTcpPorts.includes(port));
  const udp = demand.udpPorts.filter((port) => left.usedUdpPorts.includes(port));
  return [...tcp.map((port) => `${port}/tcp`), ...udp.map((port) => `${port}/udp`)].join(", ");
}

const satisfies = (own: Attribute, required: Attribute): boolean =>
  own.name === required.name && (required.value === undefined || own.value === required.value);

function explainMissing(site: Site, missing: Attribute | undefined): string {
  const values = site.instance.attributes.flatMap((own) =>
    own.name === missing?.name ? [own.value ?? "no value"] : [],
  );
  const wanted = missing?.value === undefined ? missing?.name : `${missing.name}=${missing.value}`;
  return `attribute: needs ${wanted}, has ${values.length > 0 ? values.join(", ") : "none of that name"}`;
}
