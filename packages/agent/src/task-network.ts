import { PAUSE_CONTAINER } from "@berth/contracts/agent/pause-container";
import type { PayloadNetworkInterface, PayloadTask } from "@berth/contracts/agent/messages";
import type { NetworkBinding } from "@berth/domain/task";

/**
 * The network that tasks with networkMode awsvpc are on, of all agents of the machine: the engine keeps
 * networks apart. The machine's own interface on it is called so too.
 */
export const TASK_NETWORK = "berth-awsvpc";

/** Whether the task has a network of its own: one of its interfaces in one namespace. */
export const hasOwnNetwork = ({ networkMode }: Pick<PayloadTask, "networkMode">): boolean =>
  networkMode === "awsvpc";

/** Whether the namespace of the task's own network is this container's. */
export const holdsNetwork = (task: PayloadTask, containerName: string): boolean =>
  hasOwnNetwork(task) && containerName === PAUSE_CONTAINER;

export const interfaceOf = ({
  elasticNetworkInterfaces = [],
}: PayloadTask): PayloadNetworkInterface | undefined => elasticNetworkInterfaces[0];

interface ContainerOnNetwork {
  readonly name: string;
  readonly networkBindings?: readonly NetworkBinding[];
}

/** The task's own address: that of its pause container, once it has started. */
export const addressAmong = (containers: readonly ContainerOnNetwork[]): string | undefined =>
  containers.find(({ name }) => name === PAUSE_CONTAINER)?.networkBindings?.[0]?.bindIP;
