import { createHash } from "node:crypto";
import type { PayloadTask, PayloadVolume } from "@berth/contracts/agent/messages";

/**
 * The engine's name of a container: `ecs-FAMILY-REVISION-CONTAINER-HEX` as the ECS agent makes them.
 * The hex follows from the task, so that a create that is repeated after a crash finds its container.
 */
export function dockerName(task: PayloadTask, containerName: string): string {
  return ecsName(task, containerName, "container");
}

/** The engine's name of a volume that lives with its task, or the given one where it is shared. */
export function volumeName(task: PayloadTask, volume: PayloadVolume): string {
  const isShared = volume.dockerVolumeConfiguration?.scope === "shared";
  return isShared ? volume.name : ecsName(task, volume.name, "volume");
}

/** Whether the engine keeps it as a volume; otherwise it is a path of the host. */
export const isDockerVolume = (volume: PayloadVolume): boolean =>
  volume.type === "docker" || !volume.host?.sourcePath;

function ecsName(task: PayloadTask, name: string, kind: string): string {
  const hash = createHash("sha256").update(`${kind} ${task.arn} ${name}`).digest("hex");
  const readable = `ecs-${task.family}-${task.version}-${name}`.replace(/[^A-Za-z0-9_.-]/g, "-");
  return `${readable}-${hash.slice(0, 20)}`;
}
