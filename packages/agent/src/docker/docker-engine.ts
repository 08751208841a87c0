import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import type Docker from "dockerode";
import type { ContainerCreateOptions } from "dockerode";
import type { ImageCleanupConfig } from "../config-features.ts";
import { ContainerError } from "../engine.ts";
import type {
  ContainerEngine,
  ContainerList,
  ContainerLook,
  ContainerWatcher,
  StartedContainer,
} from "../engine.ts";
import type { PulledImage } from "../event.ts";
import { PAUSE_IMAGE } from "../pause.ts";
import type { ManagedTask } from "../state.ts";
import { foldRanges } from "../port-range.ts";
import { within } from "../within.ts";
import { holdsNetwork } from "../task-network.ts";
import {
  createOptions,
  type CreateSettings,
  knownBindings,
  publishesPorts,
} from "./create-options.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import { messageOf, startProblem, statusOf, whileAway } from "./engine-error.ts";
import { HostPorts, type HostPortSettings } from "./host-ports.ts";
import type { Images } from "./images.ts";
import { listOwn } from "./list-own.ts";
import { logDriverProblem } from "./log-config.ts";
import { bindingsOf, observed, withMissedCause } from "./look.ts";
import { MemoryKills } from "./memory-kills.ts";
import { dockerName } from "./names.ts";
import { ensurePauseImage } from "./pause-image.ts";
import type { RegistryLogin } from "./registry-logins.ts";
import { type RemovalParts, removeUnusedImages } from "./remove-images.ts";
import type { TaskCgroups } from "./task-cgroups.ts";
import { onTaskNetwork } from "./task-network.ts";
import { ensureVolumes, ignoreMissing, removeVolumes } from "./volumes.ts";
import { watchContainers } from "./watch.ts";

export interface DockerEngineSettings extends CreateSettings, HostPortSettings {
  readonly createTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly privilegedDisabled: boolean;
  readonly loggingDrivers: readonly string[];
  /** Go's name, such as `amd64`. */
  readonly architecture: string;
  /** Absent where images are never removed. */
  readonly imageCleanup?: ImageCleanupConfig;
}

export interface DockerEngineParts extends RemovalParts {
  readonly images: Images;
  readonly cgroups: TaskCgroups;
}

/** The Docker Engine, seen by one container instance: it touches only what carries its label. */
export class DockerEngine implements ContainerEngine {
  readonly #docker: Docker;
  readonly #removal: RemovalParts;
  readonly #images: Images;
  readonly #settings: DockerEngineSettings;
  readonly #hostPorts: HostPorts;
  readonly #cgroups: TaskCgroups;
  readonly #memoryKills = new MemoryKills();

  constructor(parts: DockerEngineParts, settings: DockerEngineSettings) {
    this.#docker = parts.docker;
    this.#removal = parts;
    this.#images = parts.images;
    this.#cgroups = parts.cgroups;
    this.#settings = settings;
    this.#hostPorts = new HostPorts(settings);
  }

  async ensureImage(image: string, login?: RegistryLogin): Promise<PulledImage> {
    if (image !== PAUSE_IMAGE) return this.#images.ensure(image, login);
    await ensurePauseImage(this.#docker, this.#settings.architecture);
    return {};
  }

  async removeImages(wanted: ReadonlySet<string>): Promise<void> {
    const { imageCleanup } = this.#settings;
    if (imageCleanup) await removeUnusedImages(this.#removal, imageCleanup, wanted);
  }

  ensureVolumes(task: PayloadTask): Promise<void> {
    return ensureVolumes(this.#docker, this.#settings.instance, task);
  }

  async create(
    task: PayloadTask,
    container: PayloadContainer,
    login?: RegistryLogin,
  ): Promise<string> {
    const placed = publishesPorts(task) ? await this.#hostPorts.assign(container) : container;
    const { bounds } = this.#cgroups;
    const parent = this.#cgroups.parentOf(task);
    const options = createOptions(task, placed, this.#settings, { bounds, parent });
    if (options.HostConfig?.Privileged && this.#settings.privilegedDisabled) {
      throw new ContainerError("CannotCreateContainerError: privileged containers are disabled");
    }
    const problem = logDriverProblem(options.HostConfig, this.#settings.loggingDrivers);
    if (problem) throw new ContainerError(`CannotCreateContainerError: ${problem}`);
    const { createTimeoutMs } = this.#settings;
    const name = dockerName(task, container.name);
    const create = async (signal: AbortSignal) =>
      (await this.#docker.createContainer(inTwoParts(name, options, signal))).id;
    const signal = AbortSignal.timeout(createTimeoutMs);
    try {
      return await whileAway(signal, () => create(signal));
    } catch (error) {
      if (statusOf(error) === 409) return this.#createdBefore(task, container, error);
      if (statusOf(error) !== 404) throw this.#failure("created", signal, error);
    }
    // The image was there a moment ago and is not any more.
    this.#images.forget(container.image);
    await this.#images.ensure(container.image, login);
    const again = AbortSignal.timeout(createTimeoutMs);
    return create(again).catch((error: unknown) => {
      throw this.#failure("created", again, error);
    });
  }

  async start(
    dockerId: string,
    task: PayloadTask,
    container: PayloadContainer,
  ): Promise<StartedContainer> {
    const signal = AbortSignal.timeout(this.#settings.startTimeoutMs);
    const handle = this.#docker.getContainer(dockerId);
    const begin = () => handle.start({ abortSignal: signal });
    const isOnNetwork = holdsNetwork(task, container.name);
    try {
      // What was told of it belongs to an earlier run.
      this.#memoryKills.forget(dockerId);
      await this.#cgroups.ensure(task);
      await whileAway(signal, () => (isOnNetwork ? onTaskNetwork(this.#docker, begin) : begin()));
    } catch (error) {
      // 304: it runs already.
      if (statusOf(error) !== 304) {
        if (signal.aborted) await this.#kill(dockerId);
        throw this.#failure("started", signal, error);
      }
    }
    const startedAt = Date.now();
    const known = knownBindings(task, container, this.#settings.hostAddress);
    if (known) return { startedAt, networkBindings: known };
    const info = await whileAway(signal, () => handle.inspect({ abortSignal: signal }));
    const networkBindings = foldRanges(bindingsOf(info), container.portMappings ?? []);
    return { startedAt, networkBindings };
  }

  async stop(dockerId: string, timeoutMs: number): Promise<ContainerLook | undefined> {
    const t = Math.ceil(timeoutMs / 1_000);
    const handle = this.#docker.getContainer(dockerId);
    try {
      await within(timeoutMs + DEADLINE_MS.stop, (abortSignal) => handle.stop({ t, abortSignal }));
      return undefined;
    } catch (error) {
      if (statusOf(error) === 304 || statusOf(error) === 404) return this.look(dockerId);
      throw error;
    }
  }

  async look(dockerId: string): Promise<ContainerLook> {
    try {
      const info = await within(DEADLINE_MS.inspect, (abortSignal) =>
        this.#docker.getContainer(dockerId).inspect({ abortSignal }),
      );
      const container = observed(info);
      if (!container) return { kind: "gone" };
      const witnesses = { cgroups: this.#cgroups, events: this.#memoryKills };
      const { Memory: limitBytes = 0 } = info.HostConfig;
      return { kind: "there", container: await withMissedCause(container, limitBytes, witnesses) };
    } catch (error) {
      if (statusOf(error) === 404) return { kind: "gone" };
      throw error;
    }
  }

  list(): Promise<ContainerList> {
    return listOwn(this.#docker, this.#settings.instance, (dockerId) => this.look(dockerId));
  }

  async clean(task: ManagedTask): Promise<void> {
    for (const { name, dockerId } of task.containers) {
      const id = dockerId ?? (await this.#createdLate(task.payload, name));
      if (id !== undefined) await this.#remove(id);
    }
    await removeVolumes(this.#docker, task.payload);
    await this.#cgroups.remove(task.payload);
  }

  watch(watcher: ContainerWatcher, signal: AbortSignal): Promise<void> {
    const parts = { watcher, memoryKills: this.#memoryKills, signal };
    return watchContainers(this.#docker, this.#settings.instance, parts);
  }

  /** Best effort, of a container whose start took too long; one that starts even later is heard of. */
  async #kill(dockerId: string): Promise<void> {
    const abortSignal = AbortSignal.timeout(DEADLINE_MS.kill);
    await this.#docker
      .getContainer(dockerId)
      .kill({ abortSignal })
      .catch(() => undefined);
  }

  async #remove(dockerId: string): Promise<void> {
    const handle = this.#docker.getContainer(dockerId);
    await within(DEADLINE_MS.remove, (abortSignal) =>
      handle.remove({ force: true, v: true, abortSignal }),
    ).catch(ignoreMissing);
    this.#memoryKills.forget(dockerId);
  }

  /** What the engine created once it was not waited for any more: nobody heard its id. */
  async #createdLate(task: PayloadTask, name: string): Promise<string | undefined> {
    const look = await this.look(dockerName(task, name));
    const isOwn = look.kind === "there" && look.container.taskArn === task.arn;
    return isOwn ? look.container.dockerId : undefined;
  }

  /** A container of that name exists: the task's own, created before a crash, or a stranger's. */
  async #createdBefore(
    task: PayloadTask,
    container: PayloadContainer,
    conflict: unknown,
  ): Promise<string> {
    const look = await this.look(dockerName(task, container.name));
    if (look.kind === "there" && look.container.taskArn === task.arn)
      return look.container.dockerId;
    throw new ContainerError(`CannotCreateContainerError: ${messageOf(conflict)}`);
  }

  #failure(aim: "created" | "started", signal: AbortSignal, error: unknown): Error {
    if (error instanceof ContainerError) return error;
    const { createTimeoutMs, startTimeoutMs } = this.#settings;
    const limitMs = aim === "created" ? createTimeoutMs : startTimeoutMs;
    if (signal.aborted) {
      return new ContainerError(
        `DockerTimeoutError: Could not transition to ${aim}; timed out after waiting ${limitMs / 1_000}s`,
      );
    }
    return new ContainerError(
      aim === "created"
        ? `CannotCreateContainerError: ${messageOf(error)}`
        : `CannotStartContainerError: ${startProblem(error)}`,
    );
  }
}

/** Kept apart for the client, which would otherwise repeat the whole body in the query. */
function inTwoParts(
  name: string,
  options: ContainerCreateOptions,
  abortSignal: AbortSignal,
): ContainerCreateOptions {
  const parts = { _query: { name }, _body: options, abortSignal };
  return parts;
}
