import { defined } from "@berth/domain/defined";
import { isInternal } from "../pause.ts";
import type { ContainerHealth, ManagedTask } from "../state.ts";
import { addressAmong, hasOwnNetwork, interfaceOf } from "../task-network.ts";
import type { InspectedContainer } from "./container-inspector.ts";
import type { FoundContainer } from "./find-task.ts";
import { withoutCredentialsPath } from "./log-credentials.ts";
import type { MetadataVersion } from "./route.ts";
import { taskSubnet } from "./task-subnet.ts";

/**
 * A container as its metadata endpoint tells of it. Members and spelling are the ECS agent's.
 *
 * @param info undefined where the engine has no container of it (any more)
 */
export function containerMetadata(
  found: FoundContainer,
  info: Inspected,
  version: MetadataVersion,
): object {
  const { task, state, definition } = found;
  return {
    ...identity(found, info),
    ...defined({ Ports: nonEmpty(portsOf(found)), Labels: info?.labels }),
    DesiredStatus: task.desiredStatus,
    KnownStatus: state.phase,
    ...defined({ ExitCode: state.exitCode }),
    Limits: { CPU: definition.cpu ?? 0, Memory: definition.memory ?? 0 },
    ...times(found, info),
    Type: isInternal(state.name) ? "NAMESPACE_PAUSE" : "NORMAL",
    ...defined({
      Health: definition.healthCheckType && healthOf(state.health),
      Volumes: nonEmpty(volumesOf(info)),
      ...(version === 4 && ofVersion4(found, info)),
      Networks: info && [networkOf(found, info, version)],
    }),
  };
}

function networkOf(
  { task }: FoundContainer,
  info: InspectedContainer,
  version: MetadataVersion,
): object {
  if (hasOwnNetwork(task.payload)) return ownNetwork(task, version);
  return { NetworkMode: info.networkMode, IPv4Addresses: info.ipv4Addresses };
}

/** What all containers of the task share. */
function ownNetwork({ payload, containers }: ManagedTask, version: MetadataVersion): object {
  const { index, macAddress, privateDnsName } = interfaceOf(payload) ?? {};
  const subnet = taskSubnet();
  const ofVersion4Only = {
    AttachmentIndex: index,
    MACAddress: macAddress,
    IPv4SubnetCIDRBlock: subnet?.cidr,
    PrivateDNSName: privateDnsName,
    SubnetGatewayIpv4Address: subnet?.gateway,
  };
  return defined({
    NetworkMode: payload.networkMode,
    IPv4Addresses: nonEmpty([addressAmong(containers)].flatMap((each) => each ?? [])),
    ...(version === 4 && ofVersion4Only),
  });
}

type Inspected = InspectedContainer | undefined;

const identity = ({ state, definition }: FoundContainer, info: Inspected): object => ({
  DockerId: state.dockerId ?? "",
  Name: state.name,
  DockerName: info?.name ?? "",
  Image: definition.image,
  ImageID: info?.imageId ?? "",
});

const times = ({ state }: FoundContainer, info: Inspected): object =>
  defined({
    CreatedAt: info?.createdAt,
    StartedAt: isoTime(state.startedAt),
    FinishedAt: isoTime(state.finishedAt),
  });

const ofVersion4 = ({ state, definition }: FoundContainer, info: Inspected) => ({
  LogDriver: info?.logDriver,
  LogOptions: info?.logOptions && withoutCredentialsPath(info.logOptions),
  ContainerARN: definition.containerArn,
  RestartCount: definition.restartPolicy?.enabled ? (state.restarts?.count ?? 0) : undefined,
});

/** RFC 3339, as the ECS agent prints times. */
export const isoTime = (epochMs: number | undefined): string | undefined =>
  epochMs === undefined ? undefined : new Date(epochMs).toISOString();

/** Where its ports are published; before it runs, what was asked for. */
export function portsOf({ state, definition }: FoundContainer): readonly object[] {
  if (isInternal(state.name)) return [];
  const known = state.networkBindings ?? [];
  const ports = known.length > 0 ? known : (definition.portMappings ?? []);
  return ports.map((port) =>
    defined({
      ContainerPort: port.containerPort,
      Protocol: port.protocol,
      HostPort: port.hostPort || undefined,
      HostIp: "bindIP" in port ? port.bindIP : undefined,
    }),
  );
}

const healthOf = (health: ContainerHealth | undefined): object =>
  health ? { status: health.status, statusSince: isoTime(health.since) } : { status: "UNKNOWN" };

export const volumesOf = (info: Inspected): readonly object[] =>
  (info?.mounts ?? []).map(({ name, source, destination }) =>
    defined({ DockerName: name, Source: source, Destination: destination }),
  );

export const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined =>
  list.length > 0 ? list : undefined;
