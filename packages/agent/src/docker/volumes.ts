import type { PayloadTask, PayloadVolume } from "@berth/contracts/agent/messages";
import type Docker from "dockerode";
import { ContainerError } from "../engine.ts";
import { within } from "../within.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import { messageOf, statusOf } from "./engine-error.ts";
import { type InstanceIdentity, volumeLabels } from "./labels.ts";
import { isDockerVolume, volumeName } from "./names.ts";

/**
 * Makes the volumes that the engine keeps for a task. A shared one is the user's: it must exist
 * unless `autoprovision` is set, carries no label of the task and outlives it.
 *
 * @throws ContainerError CannotCreateVolumeError
 */
export async function ensureVolumes(
  docker: Docker,
  instance: InstanceIdentity,
  task: PayloadTask,
): Promise<void> {
  for (const volume of task.volumes.filter(isDockerVolume)) {
    try {
      await ensureVolume(docker, instance, { task, volume });
    } catch (error) {
      throw new ContainerError(`CannotCreateVolumeError: ${volume.name}: ${messageOf(error)}`);
    }
  }
}

/** Removes the volumes that live with the task; those already gone are fine. */
export async function removeVolumes(docker: Docker, task: PayloadTask): Promise<void> {
  for (const volume of task.volumes.filter(isDockerVolume)) {
    if (isShared(volume)) continue;
    const handle = docker.getVolume(volumeName(task, volume));
    await within(DEADLINE_MS.volume, (abortSignal) => handle.remove({ abortSignal })).catch(
      ignoreMissing,
    );
  }
}

export function ignoreMissing(error: unknown): void {
  if (statusOf(error) !== 404) throw error;
}

const isShared = (volume: PayloadVolume): boolean =>
  volume.dockerVolumeConfiguration?.scope === "shared";

async function ensureVolume(
  docker: Docker,
  instance: InstanceIdentity,
  { task, volume }: { readonly task: PayloadTask; readonly volume: PayloadVolume },
): Promise<void> {
  const { autoprovision, driver, driverOpts, labels } = volume.dockerVolumeConfiguration ?? {};
  if (isShared(volume) && !autoprovision) {
    await within(DEADLINE_MS.inspect, (abortSignal) =>
      docker.getVolume(volume.name).inspect({ abortSignal }),
    );
    return;
  }
  // Creating one that exists already, with the same driver, changes nothing.
  const options = {
    Name: volumeName(task, volume),
    Driver: driver || "local",
    DriverOpts: { ...driverOpts },
    Labels: { ...labels, ...(!isShared(volume) && volumeLabels(instance, task)) },
  };
  await within(DEADLINE_MS.volume, (abortSignal) =>
    docker.createVolume({ ...options, abortSignal }),
  );
}
