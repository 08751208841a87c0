import { mkdir } from "node:fs/promises";
import type { Capacity } from "@berth/domain/resources";
import type { AgentConfig } from "./config.ts";
import { openEngine, type OpenEngine } from "./docker/open-engine.ts";
import { PulledImages } from "./docker/pulled-images.ts";
import { openEndpoints, type OpenEndpoints } from "./endpoints/open-endpoints.ts";
import { type Gpus, readGpus } from "./gpus.ts";
import { cleanUpImages } from "./image-cleanup.ts";
import type { Log } from "./log.ts";
import { Runner } from "./runner.ts";
import { connectApi } from "./session/api.ts";
import {
  recordedInstance,
  registerInstance,
  type RegistrationParts,
} from "./session/registration.ts";
import { drainOnSpotNotice } from "./session/spot-notice.ts";
import { openSession } from "./session/session.ts";
import { Submitter, type SubmitterParts } from "./session/submit.ts";
import type { TaskStateChange } from "./report.ts";
import { awsReader } from "./sources/aws-reader.ts";
import { TaskSources } from "./sources/task-sources.ts";
import { type InstanceRecord, StateFiles } from "./state-files.ts";
import { measure } from "./usage/measure.ts";

export interface RunningAgent {
  readonly containerInstanceArn: string;
  /** Resolves when the control plane has let it in for the first time. */
  readonly connected: Promise<void>;
  /** Lets go of everything; containers go on. */
  close(): Promise<void>;
}

/**
 * Starts the agent: registers, adopts the containers that it started before, and obeys. One that was
 * registered before looks after its containers even while the control plane is away. The engine
 * is Docker's, unless the caller has another one.
 *
 * @throws TerminalError where starting again cannot help
 */
export async function startAgent(
  config: AgentConfig,
  log: Log,
  open: (config: AgentConfig, log: Log) => Promise<OpenEngine> = openEngine,
): Promise<RunningAgent> {
  if (config.dataDir !== undefined) await mkdir(config.dataDir, { recursive: true });
  const engine = await open(config, log);
  const api = connectApi(config, log);
  const files = new StateFiles(config.dataDir, log);
  const gpus = await readGpus(config.gpu);
  const capacity = capacityOf(config, engine, gpus);
  const endpoints = await openEndpoints(config, engine.inspector, log);
  const served = await asServed(config, { engine, endpoints, log });
  const registration = { api, config: served, files, log, capacity, engine, gpus };
  const { instance, registered } = await identify(registration);

  const stopping = new AbortController();
  const [{ signal }, { cluster }] = [stopping, config];
  const ownEngine = engine.forInstance(instance, await PulledImages.open(files));
  const runner = new Runner({
    engine: ownEngine,
    sources: sourcesOf(config, endpoints),
    files,
    log,
    settings: config,
    engineConcurrency: config.engineConcurrency,
    capacity,
    submit: submitterOf({ api, cluster, log, signal }),
  });
  await runner.start();
  await endpoints.serve({ api, instance, tasks: () => runner.tasks });
  cleanUpImages({
    config,
    tasks: () => runner.tasks,
    removeImages: (wanted) => ownEngine.removeImages(wanted),
    log,
    signal,
  });
  if (config.spotDraining) void drainOnSpotNotice({ api, cluster, instance, log, signal });
  const letGo = async () => {
    stopping.abort();
    endpoints.close();
    await runner.close();
    api.destroy();
  };
  await orElse(registered, letGo);
  const connected = Promise.withResolvers<void>();
  const session = openSession({
    api,
    instance,
    dockerVersion: engine.version,
    runner,
    roles: endpoints.roles,
    takeUsage: measure({ config, engine, runner, capacity, log, signal }),
    ...(engine.streams && { streams: engine.streams }),
    files,
    log,
    signal,
    ping: () => engine.ping(),
    onConnected: connected.resolve,
  });
  return {
    containerInstanceArn: instance.containerInstanceArn,
    connected: connected.promise,
    async close() {
      stopping.abort();
      await session;
      await letGo();
    },
  };
}

/**
 * Which instance this is. One that is on record is told at once, for its containers cannot wait for the
 * control plane; `registered` settles once that has heard of it.
 */
async function identify(registration: RegistrationParts): Promise<{
  readonly instance: InstanceRecord;
  readonly registered: Promise<void>;
}> {
  const known = await recordedInstance(registration.files, registration.config);
  const registering = registerInstance(registration, known);
  const instance = known ?? (await registering);
  const registered = registering.then(({ containerInstanceArn }) => {
    if (containerInstanceArn === instance.containerInstanceArn) return;
    // It has to begin anew: its containers carry the other one's name.
    throw new Error(`registered as ${containerInstanceArn}, not ${instance.containerInstanceArn}`);
  });
  // Its failure is heard of later.
  registered.catch(() => undefined);
  return { instance, registered };
}

function submitterOf(parts: SubmitterParts): (change: TaskStateChange) => Promise<void> {
  const submitter = new Submitter(parts);
  return (change) => submitter.submit(change);
}

async function orElse(work: Promise<void>, afterFailure: () => Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    await afterFailure();
    throw error;
  }
}

const sourcesOf = ({ region, sourceEndpoints }: AgentConfig, { roles }: OpenEndpoints) =>
  new TaskSources({ roles, open: awsReader(region, sourceEndpoints) });

interface Around {
  readonly engine: OpenEngine;
  readonly endpoints: OpenEndpoints;
  readonly log: Log;
}

/** A capability is told only where it is one: tasks are placed by it. */
async function asServed(
  config: AgentConfig,
  { engine, endpoints: { isServing }, log }: Around,
): Promise<AgentConfig> {
  return {
    ...config,
    taskEni: config.taskEni && (await hasTaskNetwork(engine, log)),
    taskIamRole: config.taskIamRole && isServing,
    taskIamRoleNetworkHost: config.taskIamRoleNetworkHost && isServing,
    awslogsExecutionRole: config.awslogsExecutionRole && isServing,
  };
}

/** Whether there is a network for tasks with one of their own. */
async function hasTaskNetwork(engine: OpenEngine, log: Log): Promise<boolean> {
  try {
    await engine.ensureTaskNetwork?.();
    return engine.ensureTaskNetwork !== undefined;
  } catch (error) {
    log.warn("no-task-network", { error });
    return false;
  }
}

const CPU_UNITS_PER_CORE = 1_024;

/** The whole machine, or the share that a simulated instance is given. */
function capacityOf(config: AgentConfig, engine: OpenEngine, gpus: Gpus): Capacity {
  const memoryMiB = config.memoryMiB ?? engine.memoryMiB;
  return {
    cpuUnits: config.cpuUnits ?? engine.cores * CPU_UNITS_PER_CORE,
    memoryMiB: Math.max(0, memoryMiB - config.reservedMemoryMiB),
    usedTcpPorts: config.reservedTcpPorts,
    usedUdpPorts: config.reservedUdpPorts,
    countable: { ...config.countable, GPU: gpus.ids.length },
  };
}
