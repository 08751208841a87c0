import type { Task } from "@berth/domain/task";
import type { ControlPlane } from "../context.ts";
import { sendPayloads } from "./send-payloads.ts";
import { wakeDispatch } from "./wake-dispatch.ts";

/**
 * Tells agents of tasks that were written just now. Where that does not work the dispatch controller
 * tries, which may repeat it; an agent that is away is told when it comes back.
 */
export async function tellAgents(
  controlPlane: ControlPlane,
  tasks: readonly Task[],
): Promise<void> {
  const byInstance = Map.groupBy(tasks, (task) => task.containerInstanceId);
  await Promise.all(
    [...byInstance.values()].map(async (here) => {
      // Only the dispatch controller may take roles.
      const isTold = !here.some(hasRoles) && (await tellAgent(controlPlane, here));
      if (!isTold) await wakeDispatch(controlPlane, here);
    }),
  );
}

const hasRoles = ({ credentialsIds }: Task): boolean => credentialsIds !== undefined;

async function tellAgent(controlPlane: ControlPlane, tasks: readonly Task[]): Promise<boolean> {
  const [{ cluster, containerInstanceId } = { cluster: "", containerInstanceId: "" }] = tasks;
  try {
    const session = await controlPlane.store.sessions.find(cluster, containerInstanceId);
    // A greeting that is under way may have read its tasks before these were written.
    const { connectionId, greetedConnectionId } = session ?? {};
    if (connectionId === undefined || connectionId !== greetedConnectionId) return false;
    return (await sendPayloads(controlPlane, connectionId, tasks)) === "sent";
  } catch {
    return false;
  }
}
