import type Docker from "dockerode";
import type { AgentConfig } from "../config.ts";
import type { ContainerInspector } from "../endpoints/container-inspector.ts";
import type { ContainerEngine } from "../engine.ts";
import { connectDocker } from "./connection.ts";
import { DockerEngine } from "./docker-engine.ts";
import { Images } from "./images.ts";
import { dockerInspector } from "./inspector.ts";
import type { InstanceIdentity } from "./labels.ts";

export interface OpenEngine {
  /** Such as `20.10.24`. */
  readonly version: string;
  /** Such as `1.41`. */
  readonly apiVersion: string;
  /** Go's name, such as `amd64`. */
  readonly architecture: string;
  readonly cores: number;
  readonly memoryMiB: number;
  /** Absent: tasks cannot ask the agent anything. */
  readonly inspector?: ContainerInspector;
  /** The engine as one container instance sees it. */
  forInstance(instance: InstanceIdentity): ContainerEngine;
}

/** What of the engine's own account an instance is made of. */
interface EngineInfo {
  readonly NCPU: number;
  /** Bytes. */
  readonly MemTotal: number;
}

const BYTES_PER_MIB = 1_048_576;

/** Connects to the engine and asks what it is. Fails where none answers. */
export async function openEngine(config: AgentConfig): Promise<OpenEngine> {
  const docker = connectDocker(config.dockerHost);
  const [version, info] = await Promise.all([
    docker.version(),
    docker.info() as Promise<EngineInfo>,
  ]);
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    architecture: version.Arch,
    cores: info.NCPU,
    memoryMiB: Math.floor(info.MemTotal / BYTES_PER_MIB),
    inspector: dockerInspector(docker),
    forInstance: (instance) => engineFor(docker, config, instance),
  };
}

function engineFor(docker: Docker, config: AgentConfig, instance: InstanceIdentity): DockerEngine {
  const images = new Images(docker, {
    behavior: config.imagePullBehavior,
    logins: config.registryLogins,
  });
  return new DockerEngine(docker, images, { ...config, instance });
}
