import { setTimeout as delay } from "node:timers/promises";

export interface Schedule {
  readonly intervalMs: number;
  readonly work: () => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

/**
 * Does the work now and again after each interval, which begins when the work ends: what EventBridge
 * Scheduler does on AWS. `stop` waits for work that is going on.
 */
export function startSchedule({ intervalMs, work, onError }: Schedule): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      await work().catch(onError);
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}
