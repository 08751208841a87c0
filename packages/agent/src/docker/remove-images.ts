import type Docker from "dockerode";
import type { ImageCleanupConfig } from "../config-features.ts";
import type { Log } from "../log.ts";
import { within } from "../within.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import { messageOf, statusOf } from "./engine-error.ts";
import { inspectImage } from "./inspect-image.ts";
import type { ImageRecord, PulledImages } from "./pulled-images.ts";

export interface RemovalParts {
  readonly docker: Docker;
  readonly pulled: PulledImages;
  readonly log: Log;
  /** Of the disk that images lie on: from 0 to 1. */
  readonly freeShare: () => Promise<number>;
}

/** With less of the disk left than this, age and number do not count: pulls are about to fail. */
const TIGHT = 0.1;

/**
 * One cycle of cleaning up: removes images that this agent pulled, are old enough (or the disk is
 * nearly full), and are used neither by a container, whoever made it, nor by a task that is still to
 * be started.
 */
export async function removeUnusedImages(
  { docker, pulled, log, freeShare }: RemovalParts,
  { minimumAgeMs, imagesPerCycle }: ImageCleanupConfig,
  wanted: ReadonlySet<string>,
): Promise<void> {
  const isTight = (await freeShare()) < TIGHT;
  const old = pulled.olderThan(isTight ? 0 : minimumAgeMs, Date.now());
  if (old.length === 0) return;
  const containers = await within(DEADLINE_MS.list, (abortSignal) =>
    docker.listContainers({ all: true, abortSignal }),
  );
  const used = new Set(containers.map(({ ImageID }) => ImageID));
  const unused = old.filter(({ id, names }) => !used.has(id) && !names.some((n) => wanted.has(n)));
  for (const image of isTight ? unused : unused.slice(0, imagesPerCycle)) {
    try {
      await removeImage(docker, image);
      await pulled.forget(image.id);
      log.info("image-removed", { id: image.id, names: image.names.join() });
    } catch (error) {
      // Somebody came to use it meanwhile, or the engine is away: the next cycle sees.
      log.warn("image-not-removed", { id: image.id, reason: messageOf(error) });
    }
  }
}

/** By the names that it was pulled by: others that somebody gave it keep it there. */
async function removeImage(docker: Docker, { id, names }: ImageRecord): Promise<void> {
  for (const name of names.length > 0 ? names : [id]) {
    try {
      const image = docker.getImage(name);
      // A name may have been given to something else, which is none of the agent's.
      const { Id } = await within(DEADLINE_MS.inspect, (signal) =>
        inspectImage(docker, name, signal),
      );
      if (Id === id)
        await within(DEADLINE_MS.remove, (abortSignal) => image.remove({ abortSignal }));
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }
}
