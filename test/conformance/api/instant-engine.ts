import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import type { ContainerEngine, ContainerWatcher } from "@berth/agent/engine";
import type { OpenEngine } from "@berth/agent/docker/open-engine";

interface Container {
  readonly taskArn: string;
  readonly name: string;
}

/**
 * A container engine whose containers run at once and until they are stopped: what placement is
 * about ends where a real one would begin.
 */
export class InstantEngine implements ContainerEngine {
  readonly #containers = new Map<string, Container>();
  readonly #running = new Set<string>();
  #watcher: ContainerWatcher | undefined;

  /** ARNs of the tasks whose containers run here. */
  get tasks(): ReadonlySet<string> {
    const arns = Array.from(this.#running, (id) => this.#containers.get(id)?.taskArn ?? "");
    return new Set(arns);
  }

  /** As the agent opens it, on a machine of this architecture. */
  opened(architecture: string): OpenEngine {
    return {
      version: "20.10.24",
      apiVersion: "1.41",
      architecture,
      cores: 1,
      memoryMiB: 1024,
      ping: async () => undefined,
      forInstance: () => this,
    };
  }

  async ensureImage(): Promise<object> {
    return {};
  }

  async removeImages(): Promise<void> {
    // There are none.
  }

  async ensureVolumes(): Promise<void> {
    // Nothing to make: no container looks for its volumes.
  }

  async create(task: PayloadTask, { name }: PayloadContainer): Promise<string> {
    const dockerId = `${task.arn} ${name}`;
    this.#containers.set(dockerId, { taskArn: task.arn, name });
    return dockerId;
  }

  async start(dockerId: string) {
    this.#running.add(dockerId);
    return { startedAt: Date.now(), networkBindings: [] };
  }

  async stop(dockerId: string): Promise<undefined> {
    const container = this.#containers.get(dockerId);
    if (!container || !this.#running.delete(dockerId)) return;
    this.#watcher?.onExit(container, { dockerId, exitCode: 0, finishedAt: Date.now() });
  }

  async look() {
    return { kind: "gone" } as const;
  }

  async list() {
    return { containers: [], unclear: [] };
  }

  async clean({ arn }: { readonly arn: string }): Promise<void> {
    for (const [id, { taskArn }] of this.#containers) {
      if (taskArn === arn) this.#containers.delete(id);
    }
  }

  async watch(watcher: ContainerWatcher, signal: AbortSignal): Promise<void> {
    this.#watcher = watcher;
    watcher.onWatching();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }
}
