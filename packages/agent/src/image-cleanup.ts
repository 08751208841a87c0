import type { AgentConfig } from "./config.ts";
import type { Log } from "./log.ts";
import { isStopped, type ManagedTask } from "./state.ts";

export interface ImageCleanupParts {
  readonly config: Pick<AgentConfig, "imageCleanup" | "imagePullBehavior">;
  readonly tasks: () => readonly ManagedTask[];
  /** One cycle, which leaves images of these names. */
  readonly removeImages: (wanted: ReadonlySet<string>) => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Removes unused images now and then, but where images are meant to stay, until the signal aborts. */
export function cleanUpImages(parts: ImageCleanupParts): void {
  const { config, tasks, removeImages, log, signal } = parts;
  if (!config.imageCleanup || config.imagePullBehavior === "prefer-cached") return;
  const cycle = () => {
    removeImages(wantedImages(tasks())).catch((error: unknown) =>
      log.warn("images-not-cleaned", { error }),
    );
  };
  const timer = setInterval(cycle, config.imageCleanup.intervalMs);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

const wantedImages = (tasks: readonly ManagedTask[]): ReadonlySet<string> =>
  new Set(
    tasks
      .filter((task) => !isStopped(task))
      .flatMap(({ payload }) => payload.containers.map(({ image }) => image)),
  );
