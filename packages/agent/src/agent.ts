import { mkdir } from "node:fs/promises";
import type Docker from "dockerode";
import type { Capacity } from "@berth/domain/resources";
import type { AgentConfig } from "./config.ts";
import { connectDocker } from "./docker/connection.ts";
import { DockerEngine } from "./docker/docker-engine.ts";
import { Images } from "./docker/images.ts";
import type { Log } from "./log.ts";
import { Runner } from "./runner.ts";
import { connectApi } from "./session/api.ts";
import { registerInstance } from "./session/registration.ts";
import { openSession } from "./session/session.ts";
import { submitTaskStateChange } from "./session/submit.ts";
import { type InstanceRecord, StateFiles } from "./state-files.ts";

export interface RunningAgent {
  readonly containerInstanceArn: string;
  /** Lets go of everything; containers go on. */
  close(): Promise<void>;
}

/**
 * Starts the agent: registers, adopts the containers that it started before, and obeys.
 *
 * @throws TerminalError where starting again cannot help
 */
export async function startAgent(config: AgentConfig, log: Log): Promise<RunningAgent> {
  if (config.dataDir !== undefined) await mkdir(config.dataDir, { recursive: true });
  if (config.taskIamRole) log.warn("task-roles-not-served", { key: "ECS_ENABLE_TASK_IAM_ROLE" });
  const docker = connectDocker(config.dockerHost);
  const [version, info] = await Promise.all([
    docker.version(),
    docker.info() as Promise<EngineInfo>,
  ]);
  const api = connectApi(config);
  const files = new StateFiles(config.dataDir, log);
  const capacity = capacityOf(config, info);
  const engine = { apiVersion: version.ApiVersion, architecture: version.Arch };
  const instance = await registerInstance({ api, config, files, log, capacity, engine });

  const stopping = new AbortController();
  const { signal } = stopping;
  const runner = new Runner({
    engine: dockerEngine(docker, config, instance),
    files,
    log,
    settings: config,
    capacity,
    submit: (change) => submitTaskStateChange(api, config.cluster, change, { log, signal }),
  });
  await runner.start();
  const session = openSession({
    api,
    instance,
    dockerVersion: version.Version,
    runner,
    files,
    log,
    signal,
  });
  return {
    containerInstanceArn: instance.containerInstanceArn,
    async close() {
      stopping.abort();
      await session;
      await runner.close();
      api.destroy();
    },
  };
}

/** What of the engine's own account an instance is made of. */
interface EngineInfo {
  readonly NCPU: number;
  /** Bytes. */
  readonly MemTotal: number;
}

const CPU_UNITS_PER_CORE = 1_024;
const BYTES_PER_MIB = 1_048_576;

/** The whole machine, or the share that a simulated instance is given. */
function capacityOf(config: AgentConfig, info: EngineInfo): Capacity {
  const memoryMiB = config.memoryMiB ?? Math.floor(info.MemTotal / BYTES_PER_MIB);
  return {
    cpuUnits: config.cpuUnits ?? info.NCPU * CPU_UNITS_PER_CORE,
    memoryMiB: Math.max(0, memoryMiB - config.reservedMemoryMiB),
    usedTcpPorts: config.reservedTcpPorts,
    usedUdpPorts: config.reservedUdpPorts,
  };
}

function dockerEngine(docker: Docker, config: AgentConfig, instance: InstanceRecord): DockerEngine {
  const images = new Images(docker, {
    behavior: config.imagePullBehavior,
    logins: config.registryLogins,
  });
  return new DockerEngine(docker, images, { ...config, instance });
}
