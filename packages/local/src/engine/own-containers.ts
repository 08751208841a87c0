import { ownLabel } from "@berth/agent/docker/labels";
import type Docker from "dockerode";
import type { DataDirectory } from "../data-directory.ts";
import { recordedInstances } from "../instance-records.ts";

/**
 * The engine's label filters for everything that this installation's instances started, and nothing
 * of anybody else's: from what their agents remember of their registration.
 */
export function ownLabels(directory: DataDirectory): readonly string[] {
  return recordedInstances(directory).map(({ record }) => ownLabel(record));
}

/** Stops what runs, each with its own stop timeout. Returns how many ran. */
export async function stopContainers(docker: Docker, labels: readonly string[]): Promise<number> {
  const running = await Promise.all(
    labels.map(async (label) => docker.listContainers({ filters: { label: [label] } })),
  );
  const containers = running.flat();
  await Promise.all(
    containers.map(async ({ Id }) => docker.getContainer(Id).stop().catch(ignoreSettled)),
  );
  return containers.length;
}

/** Removes containers, running or not, and the volumes that lived with their tasks. */
export async function removeContainers(docker: Docker, labels: readonly string[]): Promise<number> {
  let removed = 0;
  for (const label of labels) {
    const filters = { label: [label] };
    const containers = await docker.listContainers({ all: true, filters });
    await Promise.all(
      containers.map(async ({ Id }) =>
        docker.getContainer(Id).remove({ force: true, v: true }).catch(ignoreSettled),
      ),
    );
    const { Volumes } = await docker.listVolumes({ filters });
    await Promise.all(
      (Volumes ?? []).map(async ({ Name }) => docker.getVolume(Name).remove().catch(ignoreSettled)),
    );
    removed += containers.length;
  }
  return removed;
}

const SETTLED: ReadonlySet<unknown> = new Set([304, 404, 409]);

/** It stopped or went by itself meanwhile, or is being removed by somebody else. */
function ignoreSettled(error: unknown): void {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (!SETTLED.has(status)) throw error;
}
