import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import { PAUSE_CONTAINER } from "@berth/contracts/agent/pause-container";
import { hasOwnNetwork } from "./task-network.ts";

/** Made by the agent itself, in the engine. */
export const PAUSE_IMAGE = "berth/pause:1";

export const isInternal = (containerName: string): boolean =>
  containerName.startsWith("~internal~");

/** Whether containers of the task share a namespace that none of them may take away by ending. */
const needsPause = (task: PayloadTask): boolean =>
  task.pidMode === "task" || task.ipcMode === "task" || hasOwnNetwork(task);

/** The task with a container for its namespaces, which starts first and ends last. */
export function withPause(task: PayloadTask): PayloadTask {
  if (!needsPause(task)) return task;
  const pause: PayloadContainer = {
    name: PAUSE_CONTAINER,
    image: PAUSE_IMAGE,
    essential: true,
    // It does nothing at its end that anybody could wait for.
    stopTimeout: 0,
  };
  const condition = { containerName: PAUSE_CONTAINER, condition: "START" };
  const containers = task.containers.map((container) =>
    Object.assign({}, container, { dependsOn: [...(container.dependsOn ?? []), condition] }),
  );
  return { ...task, containers: [pause, ...containers] };
}
