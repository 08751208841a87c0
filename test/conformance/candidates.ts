import { readConfig } from "@berth/agent/config";
import { capabilityAttributes } from "@berth/agent/session/attributes";
import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import type { Attribute, Reservation } from "@berth/domain/container-instance";
import type { Countable } from "@berth/domain/resources";
import type { Candidate } from "@berth/planner/placement/place";
import { aCandidate, instanceId, taskId } from "@berth/testing/builders";
import { groupOfProvider } from "./providers.ts";
import type { GivenInstance, Holding, Scenario } from "./scenario.ts";

type Instances = Scenario["instances"];

/** The instances of a scenario as the planner sees them. */
export const candidatesOf = (instances: Instances): readonly Candidate[] =>
  Object.entries(instances).map(([name, given]) => candidate(idOf(instances, name), given));

/** Instances are numbered in the order in which the scenario names them. */
export const idOf = (instances: Instances, name: string): string =>
  instanceId(Object.keys(instances).indexOf(name) + 1);

export const nameOf = (instances: Instances, id: string): string =>
  Object.keys(instances).find((name) => idOf(instances, name) === id) ?? id;

export const zoneOf = (instances: Instances, name: string): string => instances[name]?.zone ?? "";

function candidate(id: string, given: GivenInstance): Candidate {
  const gpuIds = Array.from({ length: given.gpus }, (_, index) => `gpu-${index}`);
  return aCandidate({
    instance: {
      id,
      registered: {
        cpuUnits: given.cpu,
        memoryMiB: given.memory,
        usedTcpPorts: given.tcpPorts,
        usedUdpPorts: given.udpPorts,
        ...countable(given),
      },
      ...(gpuIds.length > 0 && { gpuIds }),
      attributes: attributesOf(given),
      versionInfo: given.agentVersion === undefined ? {} : { agentVersion: given.agentVersion },
      ...(given.ec2InstanceId !== undefined && { ec2InstanceId: given.ec2InstanceId }),
      registeredAt: given.registeredAt === undefined ? 0 : Date.parse(given.registeredAt),
    },
    ledger: {
      status: given.status,
      agentConnected: given.agentConnected,
      reservations: reservationsOf(id, given.holds),
    },
  });
}

/** As an agent with default settings registers them. */
const CAPABILITIES = capabilityAttributes(readConfig({}, { AWS_DEFAULT_REGION: "us-east-1" }), {
  apiVersion: "1.41",
  architecture: "amd64",
});

function attributesOf(given: GivenInstance): readonly Attribute[] {
  const { zone, capacityProvider, attributes, capabilities } = given;
  return [
    ...(capabilities ? CAPABILITIES : []),
    ...(zone === undefined ? [] : [{ name: "ecs.availability-zone", value: zone }]),
    ...(capacityProvider === undefined
      ? []
      : [{ name: AUTO_SCALING_GROUP, value: groupOfProvider(capacityProvider) }]),
    ...Object.entries(attributes).map(([name, value]) =>
      value === null ? { name } : { name, value },
    ),
  ];
}

function reservationsOf(
  id: string,
  holds: readonly Holding[],
): Readonly<Record<string, Reservation>> {
  const all = holds.flatMap((holding, index) =>
    Array.from({ length: holding.count }, (_, each) => {
      // No two tasks of a scenario have the same number.
      const number = Number.parseInt(id, 16) * 1_000 + index * 100 + each;
      return [taskId(holding.group, number), reservation(holding)] as const;
    }),
  );
  return Object.fromEntries(all);
}

const reservation = (holding: Holding): Reservation => ({
  cpuUnits: holding.cpu,
  memoryMiB: holding.memory,
  tcpPorts: holding.tcpPorts,
  udpPorts: holding.udpPorts,
  ...countable(holding),
  reservedAt: 0,
});

function countable(given: { readonly gpus: number; readonly resources: Countable }): {
  readonly countable?: Countable;
} {
  const units = { ...(given.gpus > 0 && { GPU: given.gpus }), ...given.resources };
  return Object.keys(units).length > 0 ? { countable: units } : {};
}
