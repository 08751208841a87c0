import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import type Docker from "dockerode";
import type { ContainerCreateOptions } from "dockerode";
import type { ImageCleanupConfig } from "../config-features.ts";
import { ContainerError } from "../engine.ts";
import type {
  ContainerEngine,
  ContainerLook,
  ContainerWatcher,
  StartedContainer,
} from "../engine.ts";
import type { PulledImage } from "../event.ts";
import { PAUSE_IMAGE } from "../pause.ts";
import type { ManagedTask, ObservedContainer } from "../state.ts";
import { foldRanges } from "../port-range.ts";
import { holdsNetwork } from "../task-network.ts";
import {
  createOptions,
  type CreateSettings,
  knownBindings,
  publishesPorts,
} from "./create-options.ts";
import { messageOf, statusOf, whileAway } from "./engine-error.ts";
import { HostPorts, type HostPortSettings } from "./host-ports.ts";
import type { Images } from "./images.ts";
import { ownLabel } from "./labels.ts";
import { bindingsOf, observed } from "./look.ts";
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
    const parent = await this.#cgroups.ensure(task);
    const options = createOptions(task, placed, this.#settings, { bounds, parent });
    if (options.HostConfig?.Privileged && this.#settings.privilegedDisabled) {
      throw new ContainerError("CannotCreateContainerError: privileged containers are disabled");
    }
    const signal = AbortSignal.timeout(this.#settings.createTimeoutMs);
    const name = dockerName(task, container.name);
    const create = async () =>
      (await this.#docker.createContainer(inTwoParts(name, options, signal))).id;
    try {
      return await whileAway(signal, create);
    } catch (error) {
      if (statusOf(error) === 409) return this.#createdBefore(task, container, error);
      if (statusOf(error) !== 404) throw this.#failure("created", signal, error);
    }
    // The image was there a moment ago and is not any more.
    this.#images.forget(container.image);
    await this.#images.ensure(container.image, login);
    return create().catch((error: unknown) => {
      throw this.#failure("created", signal, error);
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
      await whileAway(signal, () => (isOnNetwork ? onTaskNetwork(this.#docker, begin) : begin()));
    } catch (error) {
      // 304: it runs already.
      if (statusOf(error) !== 304) {
        if (signal.aborted) await handle.kill().catch(() => undefined);
        throw this.#failure("started", signal, error);
      }
    }
    const startedAt = Date.now();
    const known = knownBindings(task, container, this.#settings.hostAddress);
    if (known) return { startedAt, networkBindings: known };
    const info = await whileAway(signal, () => handle.inspect());
    const networkBindings = foldRanges(bindingsOf(info), container.portMappings ?? []);
    return { startedAt, networkBindings };
  }

  async stop(dockerId: string, timeoutMs: number): Promise<ContainerLook | undefined> {
    try {
      await this.#docker.getContainer(dockerId).stop({ t: Math.ceil(timeoutMs / 1_000) });
      return undefined;
    } catch (error) {
      if (statusOf(error) === 304 || statusOf(error) === 404) return this.look(dockerId);
      throw error;
    }
  }

  async look(dockerId: string): Promise<ContainerLook> {
    try {
      const container = observed(await this.#docker.getContainer(dockerId).inspect());
      return container ? { kind: "there", container } : { kind: "gone" };
    } catch (error) {
      if (statusOf(error) === 404) return { kind: "gone" };
      throw error;
    }
  }

  async list(): Promise<readonly ObservedContainer[]> {
    const label = [ownLabel(this.#settings.instance)];
    const listed = await this.#docker.listContainers({ all: true, filters: { label } });
    const containers: ObservedContainer[] = [];
    for (const { Id } of listed) {
      const look = await this.look(Id);
      if (look.kind === "there") containers.push(look.container);
    }
    return containers;
  }

  async clean(task: ManagedTask): Promise<void> {
    for (const { dockerId } of task.containers) {
      if (dockerId === undefined) continue;
      await this.#docker
        .getContainer(dockerId)
        .remove({ force: true, v: true })
        .catch(ignoreMissing);
    }
    await removeVolumes(this.#docker, task.payload);
    await this.#cgroups.remove(task.payload);
  }

  watch(watcher: ContainerWatcher, signal: AbortSignal): Promise<void> {
    return watchContainers(this.#docker, this.#settings.instance, { watcher, signal });
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
    const prefix = aim === "created" ? "CannotCreateContainerError" : "CannotStartContainerError";
    return new ContainerError(`${prefix}: ${messageOf(error)}`);
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
