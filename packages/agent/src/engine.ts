import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import type { NetworkBinding } from "@berth/domain/task";
import type { RegistryLogin } from "./docker/registry-logins.ts";
import type { ContainerKey, PulledImage } from "./event.ts";
import type { ContainerHealth, ManagedTask, ObservedContainer } from "./state.ts";

/**
 * What the agent needs of a container engine. Calls that fail for good throw a `ContainerError`
 * whose reason can be reported; each may be repeated after a crash.
 */
export interface ContainerEngine {
  /**
   * Makes the image available, from the registry where the pull behaviour says so.
   *
   * @param login Beats what the instance is configured with.
   */
  ensureImage(image: string, login?: RegistryLogin): Promise<PulledImage>;
  /** Removes images that were pulled here and are not used any more, but those that are wanted. */
  removeImages(wanted: ReadonlySet<string>): Promise<void>;
  /** Makes the volumes that the engine keeps for the task. */
  ensureVolumes(task: PayloadTask): Promise<void>;
  /** The engine's id; that of the existing one where the task's container was created before. */
  create(task: PayloadTask, container: PayloadContainer, login?: RegistryLogin): Promise<string>;
  start(
    dockerId: string,
    task: PayloadTask,
    container: PayloadContainer,
  ): Promise<StartedContainer>;
  /**
   * Asks it to end and kills it after the timeout. What it is then, where the engine did not stop it
   * just now: an exit that was missed; else its exit is told through `watch`.
   */
  stop(dockerId: string, timeoutMs: number): Promise<ContainerLook | undefined>;
  look(dockerId: string): Promise<ContainerLook>;
  /** All containers with this instance's label. */
  list(): Promise<ContainerList>;
  /** Removes the task's containers and its own volumes. */
  clean(task: ManagedTask): Promise<void>;
  /** Tells of this instance's containers until the signal aborts, across engine restarts. */
  watch(watcher: ContainerWatcher, signal: AbortSignal): Promise<void>;
}

export interface ContainerList {
  readonly containers: readonly ObservedContainer[];
  /** The engine's ids of others that are there, but that it does not answer about. */
  readonly unclear: readonly string[];
}

export type ContainerLook =
  | { readonly kind: "there"; readonly container: ObservedContainer }
  | { readonly kind: "gone" };

export interface StartedContainer {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly networkBindings: readonly NetworkBinding[];
}

export interface ContainerWatcher {
  /** Watching begins, or begins again after a break: what happened before may have been missed. */
  onWatching(): void;
  onBroken(error: unknown): void;
  onStart(container: ContainerKey, dockerId: string): void;
  onExit(container: ContainerKey, exit: WatchedExit): void;
  onHealth(container: ContainerKey, health: ContainerHealth): void;
  /** Whether what was heard explains that these run, by the engine's ids, and no others. */
  explains(running: ReadonlySet<string>): boolean;
}

export interface WatchedExit {
  readonly dockerId: string;
  readonly exitCode: number;
  /** Epoch ms. */
  readonly finishedAt: number;
}

/** A container operation that failed for good. */
export class ContainerError extends Error {
  /** What is reported, with ECS's prefix. */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.name = "ContainerError";
    this.reason = reason;
  }
}
