import type { Log } from "../log.ts";
import { within } from "../within.ts";
import { ContainerUsage, type Usage } from "./container-usage.ts";
import type { ReadContainer } from "./reading.ts";

export interface SamplerParts {
  readonly read: ReadContainer;
  /** The engine's ids of what runs now. */
  readonly running: () => Iterable<string>;
  /** Of the container instance. */
  readonly cpuUnits: number;
  readonly everyMs: number;
  /** A reading that takes longer is given up. */
  readonly deadlineMs: number;
  readonly log: Log;
}

/** How often it looks whose turn it is. */
export const TICK_MS = 1_000;

/**
 * Reads what running containers use, each at times of its own: one that the engine does not answer
 * for is asked again when its turn comes, and keeps no other one waiting. There is never more than
 * one call for a container.
 */
export class Sampler {
  readonly #parts: SamplerParts;
  readonly #containers = new Map<string, Sampled>();
  /** For the moments at which containers are read, which are spread over the interval. */
  #met = 0;

  constructor(parts: SamplerParts) {
    this.#parts = parts;
  }

  /** Reads until the signal aborts. */
  start(signal: AbortSignal): void {
    // A clock that nobody sets: one that is set back would have everybody's turn wait.
    const timer = setInterval(() => this.tick(performance.now()), TICK_MS);
    timer.unref();
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  /** What the container has used since the last time, as far as it is known. */
  take(dockerId: string): Usage | undefined {
    return this.#containers.get(dockerId)?.usage.take();
  }

  /** Begins to read those whose turn it is. @param now ms, since any moment */
  tick(now: number): void {
    const running = new Set(this.#parts.running());
    for (const id of this.#containers.keys()) if (!running.has(id)) this.#containers.delete(id);
    for (const id of running) {
      const container = this.#containers.get(id) ?? this.#meet(id, now);
      if (container.isBeingRead || container.nextAt > now) continue;
      container.nextAt = container.isNew ? now + container.offsetMs : now + this.#parts.everyMs;
      container.isNew = false;
      void this.#read(id, container);
    }
  }

  /** Read at once, and again soon: the first rate takes two readings. */
  #meet(id: string, now: number): Sampled {
    const { cpuUnits, everyMs } = this.#parts;
    const turns = Math.max(1, Math.floor(everyMs / TICK_MS));
    const offsetMs = ((this.#met % turns) + 1) * TICK_MS;
    this.#met += 1;
    const container = {
      usage: new ContainerUsage(cpuUnits),
      nextAt: now,
      offsetMs,
      isNew: true,
      isBeingRead: false,
    };
    this.#containers.set(id, container);
    return container;
  }

  async #read(id: string, container: Sampled): Promise<void> {
    const { deadlineMs, read } = this.#parts;
    container.isBeingRead = true;
    try {
      container.usage.add(await within(deadlineMs, (signal) => read(id, signal)));
    } catch (error) {
      // It stops just now, or the engine is busy or away.
      this.#parts.log.debug("container-not-read", { container: id, error });
    } finally {
      container.isBeingRead = false;
    }
  }
}

interface Sampled {
  readonly usage: ContainerUsage;
  readonly offsetMs: number;
  /** As `now`. */
  nextAt: number;
  isNew: boolean;
  isBeingRead: boolean;
}
