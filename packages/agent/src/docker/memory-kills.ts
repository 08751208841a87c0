import { EventEmitter, once } from "node:events";

/** How long after a container's end the engine may tell that its memory was too little: seen up to 0.25 s. */
const TELLING_MS = 500;

/**
 * What the engine's events say of processes that were killed for want of memory. Such an event may come
 * after that of the container's end, and is not marked on the container then.
 */
export class MemoryKills {
  readonly #heard = new Set<string>();
  readonly #bell = new EventEmitter();

  hear(dockerId: string): void {
    this.#heard.add(dockerId);
    this.#bell.emit(dockerId);
  }

  forget(dockerId: string): void {
    this.#heard.delete(dockerId);
  }

  /** Whether the engine tells of one in this container, or has done so. */
  async heardOf(dockerId: string, tellingMs = TELLING_MS): Promise<boolean> {
    if (this.#heard.has(dockerId)) return true;
    const signal = AbortSignal.timeout(tellingMs);
    await once(this.#bell, dockerId, { signal }).catch(() => undefined);
    return this.#heard.has(dockerId);
  }
}
