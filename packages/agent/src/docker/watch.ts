import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type { ContainerWatcher } from "../engine.ts";
import { type InstanceIdentity, ownLabel, readLabels } from "./labels.ts";

interface DockerEvent {
  readonly Action?: string;
  readonly timeNano?: number;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

const FIRST_RECONNECT_MS = 250;
const MAX_RECONNECT_MS = 5_000;

/**
 * Follows the engine's events about this instance's containers until the signal aborts. A stream
 * that breaks, as when the engine restarts, is opened again, and the watcher told to look around.
 */
export async function watchContainers(
  docker: Docker,
  instance: InstanceIdentity,
  { watcher, signal }: { readonly watcher: ContainerWatcher; readonly signal: AbortSignal },
): Promise<void> {
  let waitMs = FIRST_RECONNECT_MS;
  const onWatching = () => {
    waitMs = FIRST_RECONNECT_MS;
    watcher.onWatching();
  };
  while (!signal.aborted) {
    try {
      await followEvents(docker, instance, { watcher: { ...watcher, onWatching }, signal });
    } catch (error) {
      if (signal.aborted) return;
      watcher.onBroken(error);
    }
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
    waitMs = Math.min(MAX_RECONNECT_MS, waitMs * 2);
  }
}

async function followEvents(
  docker: Docker,
  instance: InstanceIdentity,
  { watcher, signal }: { readonly watcher: ContainerWatcher; readonly signal: AbortSignal },
): Promise<void> {
  const stream = await docker.getEvents({
    abortSignal: signal,
    filters: {
      type: ["container"],
      label: [ownLabel(instance)],
      event: ["die", "health_status"],
    },
  });
  watcher.onWatching();
  for await (const line of createInterface({ input: stream })) {
    tell(watcher, JSON.parse(line) as DockerEvent);
  }
}

function tell(watcher: ContainerWatcher, { Action = "", timeNano = 0, Actor }: DockerEvent): void {
  const container = readLabels(Actor?.Attributes);
  if (!container || !Actor?.ID) return;
  const key = { taskArn: container.taskArn, name: container.name };
  const at = Math.floor(timeNano / 1e6);
  if (Action === "die") {
    const exitCode = Number(Actor.Attributes?.["exitCode"]);
    watcher.onExit(key, { dockerId: Actor.ID, exitCode, finishedAt: at });
  }
  const health = HEALTH[Action];
  if (health) watcher.onHealth(key, { status: health, since: at });
}

const HEALTH: Readonly<Record<string, "HEALTHY" | "UNHEALTHY">> = {
  "health_status: healthy": "HEALTHY",
  "health_status: unhealthy": "UNHEALTHY",
};
