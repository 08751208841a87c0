import { defined } from "@berth/domain/defined";
import type { AgentState, ContainerState, ManagedTask } from "./state.ts";

/** Two clocks, both in ms: the one that people and time servers set, and one that nobody does. */
export interface Clocks {
  now(): number;
  steady(): number;
}

export const MACHINE_CLOCKS: Clocks = {
  now: () => Date.now(),
  steady: () => performance.now(),
};

/** Less is how clocks drift, and of no consequence. */
const LEAST_JUMP_MS = 2_000;

/** Notices that the clock was set, or that the machine slept: by the clock that nobody sets. */
export class ClockWatch {
  readonly #clocks: Clocks;
  #lead: number;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#lead = clocks.now() - clocks.steady();
  }

  /** By how much it was set forward since the last time that this was asked; 0 where it was not. */
  jump(): number {
    const lead = this.#clocks.now() - this.#clocks.steady();
    const byMs = lead - this.#lead;
    if (Math.abs(byMs) < LEAST_JUMP_MS) return 0;
    this.#lead = lead;
    return byMs;
  }
}

/**
 * The same state by the clock as it is now: what was to be in a minute still is, and what runs has run
 * for as long as it has. Ends stay where they were unless later ones would seem to be earlier.
 */
export function withClockSet(state: AgentState, byMs: number): AgentState {
  const tasks = [...state.tasks].map(([arn, task]) => [arn, shiftedTask(task, byMs)] as const);
  return { ...state, tasks: new Map(tasks) };
}

const shiftedTask = (task: ManagedTask, byMs: number): ManagedTask => ({
  ...task,
  ...defined({
    stoppedAt: shifted(task.stoppedAt, byMs),
    cleanupRetryAt: shifted(task.cleanupRetryAt, byMs),
  }),
  containers: task.containers.map((container) => shiftedContainer(container, byMs)),
});

function shiftedContainer(container: ContainerState, byMs: number): ContainerState {
  const { phase, startedAt, retryAt, down, restarts } = container;
  const back = Math.min(0, byMs);
  return {
    ...container,
    ...defined({ retryAt: shifted(retryAt, byMs) }),
    ...(phase === "RUNNING" && defined({ startedAt: shifted(startedAt, byMs) })),
    ...(down && { down: { ...down, finishedAt: down.finishedAt + back } }),
    ...(restarts && { restarts: { ...restarts, afterEndAt: restarts.afterEndAt + back } }),
  };
}

const shifted = (at: number | undefined, byMs: number): number | undefined =>
  at === undefined ? undefined : at + byMs;
