import { setTimeout as delay } from "node:timers/promises";
import type { ContainerEngine } from "./engine.ts";
import type { Observation } from "./event.ts";
import type { Log } from "./log.ts";
import { knownBefore } from "./observe.ts";
import type { AgentState, ContainerState } from "./state.ts";

export interface LookAroundParts {
  readonly engine: Pick<ContainerEngine, "list">;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly state: () => AgentState;
  readonly onObserved: (observation: Observation) => void;
}

const RETRY_MS = 1_000;
/** Containers that the engine did not answer about are looked at again after so long. */
const UNCLEAR_RETRY_MS = 15_000;

/** Compares what is believed with what is: at start, and after events may have been missed. */
export class LookAround {
  readonly #parts: LookAroundParts;
  #isWanted = false;
  #looking: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(parts: LookAroundParts) {
    this.#parts = parts;
    parts.signal.addEventListener("abort", () => clearTimeout(this.#retry), { once: true });
  }

  /** Resolves after a look that began later than this. One at a time: an engine that hangs is asked once. */
  look(): Promise<void> {
    this.#isWanted = true;
    this.#looking ??= this.#lookWhileWanted().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookWhileWanted(): Promise<void> {
    const { log, signal } = this.#parts;
    while (this.#isWanted && !signal.aborted) {
      this.#isWanted = false;
      try {
        await this.#lookOnce();
      } catch (error) {
        this.#isWanted = true;
        log.warn("engine-not-listed", { error });
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #lookOnce(): Promise<void> {
    const { engine, log, state, onObserved, signal } = this.#parts;
    const { dockerIds, ...before } = knownBefore(state());
    const { containers, unclear } = await engine.list();
    const shown = new Set(dockerIds);
    // There is no saying about these, which is not to say that they are gone.
    for (const id of unclear) shown.delete(id);
    if (signal.aborted) return;
    onObserved({ containers, before: { ...before, dockerIds: shown } });
    if (unclear.length === 0) return;
    log.warn("containers-unclear", { containers: unclear.join() });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.look(), UNCLEAR_RETRY_MS);
  }
}

/** Whether what is believed is what the engine shows to run, but for what is just being changed. */
export function isExplained({ tasks }: AgentState, running: ReadonlySet<string>): boolean {
  const isExplainedOne = ({ dockerId, phase, busy, down, retryAt }: ContainerState): boolean => {
    if (dockerId === undefined || busy || down || retryAt !== undefined) return true;
    if (phase === "RUNNING") return running.has(dockerId);
    return phase !== "STOPPED" || !running.has(dockerId);
  };
  return [...tasks.values()].every(({ containers }) => containers.every(isExplainedOne));
}
