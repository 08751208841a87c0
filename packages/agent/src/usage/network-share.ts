import { isInternal } from "../pause.ts";
import type { ManagedTask } from "../state.ts";
import { hasOwnNetwork, holdsNetwork } from "../task-network.ts";
import type { NetworkCounters, ReadContainer } from "./reading.ts";

/**
 * Reads containers of tasks with a network of their own with an equal share of it each, as
 * amazon-ecs-agent tells it: the engine counts it for the container that holds it, and nobody sees that.
 */
export const withNetworkShare =
  (read: ReadContainer, tasks: () => readonly ManagedTask[]): ReadContainer =>
  async (dockerId, signal) => {
    const shared = sharedNetwork(tasks(), dockerId);
    if (!shared) return read(dockerId, signal);
    const [reading, { network }] = await Promise.all([
      read(dockerId, signal),
      read(shared.holderId, signal),
    ]);
    return network ? { ...reading, network: shareOf(network, shared.sharers) } : reading;
  };

/** Which container holds the network of this one, and how many use it. */
function sharedNetwork(
  tasks: readonly ManagedTask[],
  dockerId: string,
): { readonly holderId: string; readonly sharers: number } | undefined {
  const task = tasks.find(
    ({ payload, containers }) =>
      hasOwnNetwork(payload) && containers.some((each) => each.dockerId === dockerId),
  );
  const holder = task?.containers.find(({ name }) => holdsNetwork(task.payload, name));
  if (!task || holder?.dockerId === undefined) return undefined;
  const sharers = task.containers.filter(({ name }) => !isInternal(name)).length;
  return { holderId: holder.dockerId, sharers };
}

const shareOf = (network: NetworkCounters, sharers: number): NetworkCounters => ({
  rxBytes: Math.floor(network.rxBytes / sharers),
  rxPackets: Math.floor(network.rxPackets / sharers),
  rxErrors: Math.floor(network.rxErrors / sharers),
  rxDropped: Math.floor(network.rxDropped / sharers),
  txBytes: Math.floor(network.txBytes / sharers),
  txPackets: Math.floor(network.txPackets / sharers),
  txErrors: Math.floor(network.txErrors / sharers),
  txDropped: Math.floor(network.txDropped / sharers),
});
