import type { PayloadContainer, PayloadPort, PayloadTask } from "@berth/contracts/agent/messages";
import { PAUSE_CONTAINER } from "@berth/contracts/agent/pause-container";
import { defined } from "@berth/domain/defined";
import type { NetworkBinding } from "@berth/domain/task";
import type { ContainerCreateOptions, HostConfig } from "dockerode";
import type { GpuConfig } from "../config-features.ts";
import { parseDockerJson } from "../demand.ts";
import { gpuIdsOf } from "../gpus.ts";
import { containerLabels, type InstanceIdentity } from "./labels.ts";
import { type LogSettings, withLogConfig } from "./log-config.ts";
import { hasOwnNetwork, holdsNetwork, TASK_NETWORK } from "../task-network.ts";
import { dockerName, isDockerVolume, volumeName } from "./names.ts";
import type { TaskCgroups } from "./task-cgroups.ts";
import { memoryBytes, PERIOD_US, quotaUs } from "./task-size.ts";
import { networkIdentity, networkSysctls } from "./task-network.ts";

export interface CreateSettings extends LogSettings {
  readonly instance: InstanceIdentity;
  readonly region: string;
  /** What host ports are bound to. */
  readonly hostAddress: string;
  /** Absent where the instance has no GPUs to give. */
  readonly gpu?: Pick<GpuConfig, "runtime">;
}

/** What bounds the container beside its own limits, and where its cgroup goes. */
export interface ContainerCgroup {
  readonly bounds: TaskCgroups["bounds"];
  readonly parent?: string | undefined;
}

/** Docker refuses to run a container with less. */
const MIN_MEMORY_MIB = 6;
/** What 0 means to Linux; also where Docker's own default would be 1024. */
const MIN_CPU_SHARES = 2;

/**
 * What the engine is asked to create for one container of a payload. The JSON texts in
 * `dockerConfig` replace what is built from the other fields, as the ECS agent has it; only the
 * labels by which the agent finds its containers again cannot be replaced.
 */
export function createOptions(
  task: PayloadTask,
  container: PayloadContainer,
  settings: CreateSettings,
  cgroup: ContainerCgroup = { bounds: "container" },
): ContainerCreateOptions {
  const config = parseDockerJson(container.dockerConfig?.config);
  const hostConfig = parseDockerJson(container.dockerConfig?.hostConfig);
  return {
    Image: container.image,
    Env: environment(task, container, settings.region),
    ...(container.command?.length && { Cmd: [...container.command] }),
    ...(container.entryPoint?.length && { Entrypoint: [...container.entryPoint] }),
    ...(publishesPorts(task) && { ExposedPorts: exposedPorts(container) }),
    ...networkIdentity(task, container),
    // The first process of a namespace is deaf to every other signal that it does not ask for.
    ...(container.name === PAUSE_CONTAINER && { StopSignal: "SIGKILL" }),
    ...config,
    Labels: {
      ...(config.Labels as Record<string, string> | undefined),
      ...containerLabels(settings.instance, task, container.name),
    },
    HostConfig: withLogConfig(
      {
        ...limits(task, container, cgroup),
        ...network(task, container, settings.hostAddress),
        ...volumes(task, container),
        ...(gpuIdsOf(task, container.name).length > 0 && { Runtime: settings.gpu?.runtime }),
        ...hostConfig,
        ...networkSysctls(task, container, hostConfig),
      },
      settings,
    ),
  };
}

/**
 * Where the container's ports are published, as far as that was decided here; undefined where Docker
 * picked a port or the address of the task, which must be read back.
 */
export function knownBindings(
  task: PayloadTask,
  { name, portMappings = [] }: PayloadContainer,
  hostAddress: string,
): readonly NetworkBinding[] | undefined {
  if (hasOwnNetwork(task)) return holdsNetwork(task, name) ? undefined : [];
  if (publishesPorts(task)) {
    const isDynamic = portMappings.some(({ hostPort }) => !hostPort);
    return isDynamic
      ? undefined
      : portMappings.map((port) => defined({ bindIP: hostAddress, ...port }));
  }
  if (task.networkMode === "none") return [];
  return portMappings.map(ownBinding);
}

/** On the host's network a port is the same on both sides. */
function ownBinding(port: PayloadPort): NetworkBinding {
  const { containerPort: hostPort, containerPortRange: hostPortRange } = port;
  return { bindIP: "0.0.0.0", ...port, ...defined({ hostPort, hostPortRange }) };
}

/** Host ports exist on Docker's bridge only; on the host's network the container binds its own. */
export const publishesPorts = ({ networkMode }: PayloadTask): boolean =>
  !networkMode || networkMode === "bridge";

function environment(
  task: PayloadTask,
  { name: containerName, environment: given = {} }: PayloadContainer,
  region: string,
): string[] {
  const gpuIds = gpuIdsOf(task, containerName);
  const variables = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...given,
    // By this the runtime knows which of them to show.
    ...(gpuIds.length > 0 && { NVIDIA_VISIBLE_DEVICES: gpuIds.join(",") }),
  };
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}

function exposedPorts({ portMappings = [] }: PayloadContainer): Record<string, object> {
  return Object.fromEntries(portMappings.map((port) => [portKey(port), {}]));
}

const portKey = ({ containerPort, protocol }: PayloadPort): string =>
  `${containerPort}/${protocol ?? "tcp"}`;

/**
 * Where the task has no cgroup its size bounds each of its containers: exact for a task of one
 * container, and an upper bound for one of several.
 */
function limits(
  task: PayloadTask,
  container: PayloadContainer,
  { bounds, parent }: ContainerCgroup,
): HostConfig {
  const { cpu, memory } = bounds === "container" ? task : {};
  const memoryMiB = container.memory || memory || 0;
  return {
    CpuShares: Math.max(MIN_CPU_SHARES, container.cpu ?? 0),
    ...(memoryMiB > 0 && { Memory: memoryBytes(Math.max(MIN_MEMORY_MIB, memoryMiB)) }),
    ...(cpu && { CpuPeriod: PERIOD_US, CpuQuota: quotaUs(cpu) }),
    ...(parent !== undefined && { CgroupParent: parent }),
  };
}

function network(task: PayloadTask, container: PayloadContainer, hostAddress: string): HostConfig {
  const links = (container.links ?? []).map((link) => {
    const [name = link, alias = name] = link.split(":");
    return `${dockerName(task, name)}:${alias}`;
  });
  if (container.name === PAUSE_CONTAINER) {
    const NetworkMode = hasOwnNetwork(task) ? TASK_NETWORK : "none";
    return { NetworkMode, ...namespaces(task, true) };
  }
  return {
    ...(publishesPorts(task)
      ? { PortBindings: portBindings(container, hostAddress) }
      : { NetworkMode: hasOwnNetwork(task) ? ofPause(task) : (task.networkMode ?? "default") }),
    ...(links.length > 0 && { Links: links }),
    ...namespaces(task, false),
  };
}

const ofPause = (task: PayloadTask): string => `container:${dockerName(task, PAUSE_CONTAINER)}`;

/** What a task's containers share is the pause container's, which outlives them. */
function namespaces(task: PayloadTask, isPause: boolean): HostConfig {
  const { pidMode, ipcMode } = task;
  const sharedIpc = isPause ? "shareable" : ofPause(task);
  return {
    ...(pidMode === "host" && { PidMode: "host" }),
    ...(pidMode === "task" && !isPause && { PidMode: ofPause(task) }),
    ...(ipcMode && { IpcMode: ipcMode === "task" ? sharedIpc : ipcMode }),
  };
}

function portBindings({ portMappings = [] }: PayloadContainer, hostAddress: string) {
  const byContainerPort = Map.groupBy(portMappings, portKey);
  return Object.fromEntries(
    [...byContainerPort].map(([key, ports]) => [
      key,
      // The empty host port lets Docker pick one.
      ports.map(({ hostPort }) => ({
        HostIp: hostAddress,
        HostPort: hostPort ? `${hostPort}` : "",
      })),
    ]),
  );
}

function volumes(task: PayloadTask, container: PayloadContainer): HostConfig {
  const binds = (container.mountPoints ?? []).map(({ sourceVolume, containerPath, readOnly }) =>
    [mountSource(task, sourceVolume), containerPath, ...(readOnly ? ["ro"] : [])].join(":"),
  );
  const volumesFrom = (container.volumesFrom ?? []).map(
    ({ sourceContainer, readOnly }) =>
      `${dockerName(task, sourceContainer)}:${readOnly ? "ro" : "rw"}`,
  );
  return {
    ...(binds.length > 0 && { Binds: binds }),
    ...(volumesFrom.length > 0 && { VolumesFrom: volumesFrom }),
  };
}

function mountSource(task: PayloadTask, sourceVolume: string): string {
  const volume = task.volumes.find(({ name }) => name === sourceVolume);
  if (!volume) return sourceVolume;
  return isDockerVolume(volume) ? volumeName(task, volume) : (volume.host?.sourcePath ?? "");
}
