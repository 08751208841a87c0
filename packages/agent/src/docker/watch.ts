import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type { ContainerWatcher } from "../engine.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import type { MemoryKills } from "./memory-kills.ts";
import { type InstanceIdentity, ownLabel, readLabels } from "./labels.ts";
import { runningOwn } from "./list-own.ts";

interface DockerEvent {
  readonly Action?: string;
  readonly timeNano?: number;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

export interface WatchTimes {
  readonly firstReconnectMs: number;
  readonly maxReconnectMs: number;
  /** How often it is seen whether the stream still tells of everything. */
  readonly surveyEveryMs: number;
  /** What the engine shows already may be told of so much later. */
  readonly tellingMs: number;
}

export const WATCH_TIMES: WatchTimes = {
  firstReconnectMs: 250,
  maxReconnectMs: 5_000,
  surveyEveryMs: 60_000,
  tellingMs: 3_000,
};

interface WatchParts {
  readonly watcher: ContainerWatcher;
  readonly memoryKills: Pick<MemoryKills, "hear">;
  readonly signal: AbortSignal;
  readonly times?: WatchTimes;
}

/**
 * Follows the engine's events about this instance's containers until the signal aborts. A stream
 * that breaks, as when the engine restarts, or that is found to have gone silent, is opened again, and
 * the watcher told to look around.
 */
export async function watchContainers(
  docker: Docker,
  instance: InstanceIdentity,
  { watcher, memoryKills, signal, times = WATCH_TIMES }: WatchParts,
): Promise<void> {
  let waitMs = times.firstReconnectMs;
  const onWatching = () => {
    waitMs = times.firstReconnectMs;
    watcher.onWatching();
  };
  while (!signal.aborted) {
    try {
      const parts = { watcher: { ...watcher, onWatching }, memoryKills, signal, times };
      await followEvents(docker, instance, parts);
    } catch (error) {
      if (signal.aborted) return;
      watcher.onBroken(error);
    }
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
    waitMs = Math.min(times.maxReconnectMs, waitMs * 2);
  }
}

async function followEvents(
  docker: Docker,
  instance: InstanceIdentity,
  { watcher, memoryKills, signal, times }: Required<WatchParts>,
): Promise<void> {
  const hangingUp = new AbortController();
  const hangUp = () => hangingUp.abort();
  signal.addEventListener("abort", hangUp, { once: true });
  const silence = setTimeout(hangUp, DEADLINE_MS.listen);
  try {
    const stream = await docker.getEvents({
      abortSignal: hangingUp.signal,
      filters: {
        type: ["container"],
        label: [ownLabel(instance)],
        event: ["start", "die", "oom", "health_status"],
      },
    });
    clearTimeout(silence);
    watcher.onWatching();
    void hangUpOnceDeaf(docker, instance, { watcher, signal: hangingUp.signal, times }, hangUp);
    for await (const line of createInterface({ input: stream })) {
      tell(watcher, memoryKills, JSON.parse(line) as DockerEvent);
    }
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", hangUp);
    hangUp();
  }
}

/** A stream may stay open and say nothing, as one does whose other end was cut off. */
async function hangUpOnceDeaf(
  docker: Docker,
  instance: InstanceIdentity,
  { watcher, signal, times }: Omit<Required<WatchParts>, "memoryKills">,
  hangUp: () => void,
): Promise<void> {
  const isExplained = async () => watcher.explains(await runningOwn(docker, instance));
  while (!signal.aborted) {
    try {
      await delay(times.surveyEveryMs, undefined, { signal });
      if (await isExplained()) continue;
      await delay(times.tellingMs, undefined, { signal });
      if (await isExplained()) continue;
    } catch {
      // The engine is away or slow, which says nothing about the stream; or this is the end.
      continue;
    }
    watcher.onBroken(new Error("the engine's events have gone silent"));
    hangUp();
  }
}

function tell(
  watcher: ContainerWatcher,
  memoryKills: WatchParts["memoryKills"],
  { Action = "", timeNano = 0, Actor }: DockerEvent,
): void {
  const container = readLabels(Actor?.Attributes);
  if (!container || !Actor?.ID) return;
  const key = { taskArn: container.taskArn, name: container.name };
  const at = Math.floor(timeNano / 1e6);
  if (Action === "start") watcher.onStart(key, Actor.ID);
  if (Action === "die") {
    const exitCode = Number(Actor.Attributes?.["exitCode"]);
    watcher.onExit(key, { dockerId: Actor.ID, exitCode, finishedAt: at });
  }
  if (Action === "oom") memoryKills.hear(Actor.ID);
  const health = HEALTH[Action];
  if (health) watcher.onHealth(key, { status: health, since: at });
}

const HEALTH: Readonly<Record<string, "HEALTHY" | "UNHEALTHY">> = {
  "health_status: healthy": "HEALTHY",
  "health_status: unhealthy": "UNHEALTHY",
};
