import { hash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type { ImagePullBehavior } from "../config.ts";
import { repositoryOf } from "@berth/domain/image-name";
import { ContainerError } from "../engine.ts";
import type { PulledImage } from "../event.ts";
import { messageOf, statusOf, whileAway } from "./engine-error.ts";
import { inspectImage } from "./inspect-image.ts";
import { aborted, Silence } from "./silence.ts";
import type { PulledImages } from "./pulled-images.ts";
import { loginFor, type RegistryLogin, type RegistryLogins } from "./registry-logins.ts";

export interface ImageSettings {
  readonly behavior: ImagePullBehavior;
  readonly logins: RegistryLogins;
  /** A pull of which nothing is heard for so long is given up. */
  readonly pullInactivityMs: number;
}

/** An image with what its registry wants to see; who has no login must not be given what another's brought. */
interface WantedImage {
  readonly name: string;
  readonly login: RegistryLogin | undefined;
  /** The same for the same image with the same login. */
  readonly key: string;
}

interface LocalImage {
  readonly id: string;
  /** No registry has it, as far as the engine knows. */
  readonly isBuiltHere: boolean;
  /** By which the registry of the name has it. */
  readonly digest?: string;
}

const PULL_ATTEMPTS = 5;
const PULL_RETRY_MS = 1_500;
const PULL_TIMEOUT_MS = 2 * 3_600_000;
/** How long a restarting engine is waited for. */
const ENGINE_TIMEOUT_MS = 60_000;
/** How long the registry may take where a local image would do. */
const REFRESH_TIMEOUT_MS = 5_000;
/** An image that was made ready so recently is not looked at again: tasks come in crowds. */
const FRESH_FOR_MS = 30_000;

/**
 * Images by ECS_IMAGE_PULL_BEHAVIOR. `default` asks the registry and falls back on a local image, as
 * in ECS, but within bounds: an image that never came from a registry, or is named by its digest,
 * is used as it is, and a registry that does not answer in five seconds is not waited for.
 */
export class Images {
  readonly #docker: Docker;
  readonly #settings: ImageSettings;
  readonly #ready = new Map<string, { readonly digest?: string; readonly until: number }>();
  readonly #pending = new Map<string, Promise<PulledImage>>();
  readonly #pulled: PulledImages;

  constructor(docker: Docker, settings: ImageSettings, pulled: PulledImages) {
    this.#docker = docker;
    this.#settings = settings;
    this.#pulled = pulled;
  }

  /**
   * @param login Of the container itself; else it is the instance's.
   * @throws ContainerError CannotPullContainerError
   */
  async ensure(name: string, login?: RegistryLogin): Promise<PulledImage> {
    this.#pulled.used(name, Date.now());
    const wanted = wantedImage(name, login ?? loginFor(this.#settings.logins, name));
    const ready = this.#ready.get(wanted.key);
    if (ready && ready.until > performance.now())
      return ready.digest ? { digest: ready.digest } : {};
    const pending = this.#pending.get(wanted.key) ?? this.#resolveOnce(wanted);
    this.#pending.set(wanted.key, pending);
    return pending;
  }

  /** Looks again at the next `ensure`: it was removed behind the agent's back. */
  forget(name: string): void {
    for (const key of this.#ready.keys()) {
      if (key === name || key.startsWith(`${name} `)) this.#ready.delete(key);
    }
  }

  async #resolveOnce(wanted: WantedImage): Promise<PulledImage> {
    try {
      const image = await this.#resolve(wanted);
      if (this.#settings.behavior !== "always") {
        const { digest } = image;
        // By a clock that nobody sets.
        const until = performance.now() + FRESH_FOR_MS;
        this.#ready.set(wanted.key, { ...(digest && { digest }), until });
      }
      return image;
    } finally {
      this.#pending.delete(wanted.key);
    }
  }

  async #resolve(wanted: WantedImage): Promise<PulledImage> {
    const { name } = wanted;
    const local = await this.#local(name);
    switch (this.#settings.behavior) {
      case "always":
        return this.#pull(wanted);
      case "once":
        return local && this.#pulled.has(name) ? found(local) : this.#pull(wanted);
      case "prefer-cached":
        return local ? found(local) : this.#pull(wanted);
      case "default": {
        if (!local) return this.#pull(wanted);
        const isCurrent = local.isBuiltHere || name.includes("@sha256:");
        return isCurrent ? found(local) : this.#refresh(wanted, local);
      }
    }
  }

  async #local(name: string): Promise<LocalImage | undefined> {
    try {
      const signal = AbortSignal.timeout(ENGINE_TIMEOUT_MS);
      const { Id, RepoDigests } = await whileAway(signal, () =>
        inspectImage(this.#docker, name, signal),
      );
      // The engine says null, not an empty list, of some images that were built here.
      const known = (RepoDigests as readonly string[] | null) ?? [];
      const digest = digestOf(name, known);
      const isBuiltHere = known.length === 0;
      return { id: Id, isBuiltHere, ...(digest !== undefined && { digest }) };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw new ContainerError(`CannotPullContainerError: ${messageOf(error)}`);
    }
  }

  /** The registry's image where it answers in time, else the local one. */
  async #refresh(wanted: WantedImage, local: LocalImage): Promise<PulledImage> {
    const startedAt = Date.now();
    try {
      await this.#pullOnce(wanted, AbortSignal.timeout(REFRESH_TIMEOUT_MS));
    } catch {
      return found(local);
    }
    return this.#pulledSince(wanted.name, startedAt);
  }

  async #pull(wanted: WantedImage): Promise<PulledImage> {
    const startedAt = Date.now();
    const signal = AbortSignal.timeout(PULL_TIMEOUT_MS);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#pullOnce(wanted, signal);
        break;
      } catch (error) {
        if (attempt === PULL_ATTEMPTS || isRefusal(error)) {
          throw new ContainerError(`CannotPullContainerError: ${messageOf(error)}`);
        }
        await delay(PULL_RETRY_MS * attempt);
      }
    }
    return this.#pulledSince(wanted.name, startedAt);
  }

  async #pulledSince(name: string, startedAt: number): Promise<PulledImage> {
    const local = await this.#local(name);
    const stoppedAt = Date.now();
    if (local) await this.#pulled.pulled(name, local.id, stoppedAt);
    return { ...(local && found(local)), startedAt, stoppedAt };
  }

  async #pullOnce(wanted: WantedImage, abortSignal: AbortSignal): Promise<void> {
    const silence = new Silence(this.#settings.pullInactivityMs);
    const signal = AbortSignal.any([abortSignal, silence.signal]);
    try {
      await Promise.race([this.#followPull(wanted, signal, () => silence.end()), aborted(signal)]);
    } catch (error) {
      throw silence.signal.aborted ? new Error(silence.message) : error;
    } finally {
      silence.close();
    }
  }

  async #followPull(
    { name, login: authconfig }: WantedImage,
    abortSignal: AbortSignal,
    onProgress: () => void,
  ): Promise<void> {
    const options = { abortSignal, ...(authconfig && { authconfig }) };
    const stream = await whileAway(abortSignal, () => this.#docker.pull(withTag(name), options));
    const { promise, resolve, reject } = Promise.withResolvers<readonly PullProgress[]>();
    this.#docker.modem.followProgress(
      stream,
      (error, progress) => (error ? reject(error) : resolve(progress)),
      onProgress,
    );
    onProgress();
    // A pull that fails half-way has already answered 200: its last line says so.
    const failure = (await promise).find(({ error }) => error !== undefined);
    if (failure) throw new Error(failure.error);
    abortSignal.throwIfAborted();
  }
}

const wantedImage = (name: string, login: RegistryLogin | undefined): WantedImage => ({
  name,
  login,
  key: login ? `${name} ${hash("sha256", JSON.stringify(login))}` : name,
});

/** An image may have come from several repositories: another's digest would not be found in this one. */
function digestOf(name: string, known: readonly string[]): string | undefined {
  const repository = shortName(repositoryOf(name));
  return known.find((each) => shortName(repositoryOf(each)) === repository)?.split("@")[1];
}

/** As the engine shows names of the registry that needs not be said. */
const shortName = (repository: string): string =>
  repository.replace(/^(index\.)?docker\.io\//, "").replace(/^library\//, "");

/** What is reported of an image that is there. */
const found = ({ digest }: LocalImage): PulledImage => (digest === undefined ? {} : { digest });

interface PullProgress {
  readonly error?: string;
}

/** Without a tag the engine would pull every tag there is. */
export function withTag(name: string): string {
  const lastPart = name.slice(name.lastIndexOf("/") + 1);
  return /[:@]/.test(lastPart) ? name : `${name}:latest`;
}

/** The registry answered and will answer the same again. */
function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return (
    status === 400 ||
    status === 404 ||
    /not found|denied|unauthorized|manifest unknown/i.test(messageOf(error))
  );
}
