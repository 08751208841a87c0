import { statfs } from "node:fs/promises";
import type { AgentConfig } from "../config.ts";
import type { ContainerInspector } from "../endpoints/container-inspector.ts";
import type { ContainerEngine } from "../engine.ts";
import type { Log } from "../log.ts";
import type { PulledImages } from "./pulled-images.ts";
import type Docker from "dockerode";
import { within } from "../within.ts";
import type { ContainerStreams } from "../streams/container-streams.ts";
import { dockerStreams } from "./container-streams.ts";
import { connectDocker } from "./connection.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import { DockerEngine } from "./docker-engine.ts";
import { Images } from "./images.ts";
import { dockerInspector } from "./inspector.ts";
import type { ReadContainer } from "../usage/reading.ts";
import type { InstanceIdentity } from "./labels.ts";
import { type CgroupFacts, CGROUPS, openTaskCgroups } from "./task-cgroups.ts";
import { ensureTaskNetwork } from "./task-network.ts";
import { pauseProgram } from "./pause-program.ts";
import { statsReader } from "./stats.ts";

export interface OpenEngine {
  /** Such as `20.10.24`. */
  readonly version: string;
  /** Such as `1.41`. */
  readonly apiVersion: string;
  /** Go's name, such as `amd64`. */
  readonly architecture: string;
  readonly logDrivers?: readonly string[];
  readonly cores: number;
  readonly memoryMiB: number;
  /** Fails where the engine does not answer in time. */
  ping(): Promise<void>;
  /** Absent: tasks cannot ask the agent anything. */
  readonly inspector?: ContainerInspector;
  /** Makes the network of tasks with one of their own. Absent where the engine has no such thing. */
  ensureTaskNetwork?(): Promise<void>;
  /** The engine as one container instance sees it. */
  forInstance(instance: InstanceIdentity, pulled: PulledImages): ContainerEngine;
  /** Absent where there is no way into its containers. */
  readonly streams?: ContainerStreams;
  /** Absent where the engine counts nothing. */
  readonly readContainer?: ReadContainer;
}

/** What of the engine's own account an instance is made of. */
interface EngineInfo extends CgroupFacts {
  /** Where it keeps images. */
  readonly DockerRootDir: string;
  readonly NCPU: number;
  /** Bytes. */
  readonly MemTotal: number;
  readonly Plugins?: { readonly Log?: readonly string[] | null };
}

const BYTES_PER_MIB = 1_048_576;

/** The client takes options here as elsewhere, but its types do not know them. */
interface Asked {
  ping(options: Abortable): Promise<unknown>;
  version(options: Abortable): Promise<Docker.DockerVersion>;
  info(options: Abortable): Promise<EngineInfo>;
}

interface Abortable {
  readonly abortSignal: AbortSignal;
}

/** Connects to the engine and asks what it is. Fails where none answers. */
export async function openEngine(config: AgentConfig, log: Log): Promise<OpenEngine> {
  const docker = connectDocker(config.dockerHost);
  const asked = docker as Asked;
  const { version: limitMs } = DEADLINE_MS;
  const [version, info] = await Promise.all([
    within(limitMs, (abortSignal) => asked.version({ abortSignal })),
    within(limitMs, (abortSignal) => asked.info({ abortSignal })),
  ]);
  const { imagePullBehavior: behavior, registryLogins: logins, pullInactivityMs } = config;
  const { taskLimits } = config;
  const cgroups = await openTaskCgroups({ taskLimits, mountPoint: CGROUPS }, info, log);
  const architecture = version.Arch;
  const freeShare = () => freeShareOf(info.DockerRootDir);
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    architecture,
    ...(info.Plugins?.Log && { logDrivers: info.Plugins.Log }),
    cores: info.NCPU,
    memoryMiB: Math.floor(info.MemTotal / BYTES_PER_MIB),
    ping: async () => {
      await within(limitMs, (abortSignal) => asked.ping({ abortSignal }));
    },
    inspector: dockerInspector(docker),
    ...(pauseProgram(architecture) && { ensureTaskNetwork: () => ensureTaskNetwork(docker) }),
    forInstance: (instance, pulled) => {
      const images = new Images(docker, { behavior, logins, pullInactivityMs }, pulled);
      const parts = { docker, images, cgroups, pulled, log, freeShare };
      return new DockerEngine(parts, { ...config, instance, architecture });
    },
    streams: dockerStreams(docker),
    readContainer: statsReader(docker),
  };
}

/** All of it where it cannot be known: the engine may be on another machine. */
async function freeShareOf(path: string): Promise<number> {
  try {
    const { bavail, blocks } = await statfs(path);
    return bavail / blocks;
  } catch {
    return 1;
  }
}
