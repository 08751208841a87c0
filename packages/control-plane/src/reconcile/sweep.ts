import type { WakeMessage } from "@berth/contracts/queue";
import { serviceNameOf } from "@berth/domain/task";
import type { Overdue } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";

/** Marks looked at in one sweep; the next one goes on. */
const MAX_MARKS = 400;

/**
 * Sends again what must have been lost: a wake-up for everything whose mark has come up.
 *
 * @returns how many marks had.
 */
export async function sweep(controlPlane: ControlPlane): Promise<number> {
  const overdue = await controlPlane.store.overdue(controlPlane.now(), MAX_MARKS);
  const messages = await Promise.all(overdue.map((mark) => wakeFor(controlPlane, mark)));
  const distinct = new Map(
    messages.flatMap((each) => (each ? [[JSON.stringify(each), each]] : [])),
  );
  await Promise.all([...distinct.values()].map((message) => controlPlane.relay.wake(message)));
  return overdue.length;
}

async function wakeFor(
  controlPlane: ControlPlane,
  mark: Overdue,
): Promise<WakeMessage | undefined> {
  switch (mark.kind) {
    case "service":
      return { kind: "service", cluster: mark.cluster, service: mark.name };
    case "session":
    case "ledger":
      return {
        kind: "dispatch",
        cluster: mark.cluster,
        containerInstanceId: mark.containerInstanceId,
        taskIds: [],
      };
    case "task":
      return wakeForTask(controlPlane, mark.cluster, mark.id);
  }
}

/** A stopped task waits for its service's account of it, any other for its agent. */
async function wakeForTask(
  controlPlane: ControlPlane,
  cluster: string,
  id: string,
): Promise<WakeMessage | undefined> {
  const task = await controlPlane.store.tasks.find(cluster, id);
  if (!task) return undefined;
  if (task.lastStatus !== "STOPPED") {
    const { containerInstanceId } = task;
    return { kind: "dispatch", cluster, containerInstanceId, taskIds: [id] };
  }
  const service = serviceNameOf(task);
  return service === undefined ? undefined : { kind: "service", cluster, service };
}
