import type { WakeMessage } from "@berth/contracts/queue";
import { serviceNameOf } from "@berth/domain/task";
import type { Overdue } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import { settleStream } from "../streams/end-stream.ts";

/** Marks looked at in one sweep; the next one goes on. */
const MAX_MARKS = 400;

/** An agent that renews its connection is back within seconds. */
const MISSED_AFTER_MS = 60_000;
/** So many are an outage: more would not be told otherwise. */
const MAX_MISSED = 1_000;

/**
 * Sends again what must have been lost: a wake-up for everything whose mark has come up; but ends stream
 * sessions itself. Records how late it is, and how many agents are missed.
 *
 * @returns how many marks had.
 */
export async function sweep(controlPlane: ControlPlane): Promise<number> {
  const [sent] = await Promise.all([sendOverdue(controlPlane), countMissing(controlPlane)]);
  return sent;
}

async function sendOverdue(controlPlane: ControlPlane): Promise<number> {
  const now = controlPlane.now();
  const overdue = await controlPlane.store.overdue(now, MAX_MARKS);
  const [oldest] = overdue;
  if (oldest) controlPlane.metrics.record("ReconcileLag", now - oldest.due);
  const messages = await Promise.all(overdue.map((mark) => wakeFor(controlPlane, mark)));
  const distinct = new Map(
    messages.flatMap((each) => (each ? [[JSON.stringify(each), each]] : [])),
  );
  await Promise.all([...distinct.values()].map((message) => controlPlane.relay.wake(message)));
  return overdue.length;
}

/** What is well is not told: a metric costs by the hour in which something is. */
async function countMissing(controlPlane: ControlPlane): Promise<void> {
  const before = controlPlane.now() - MISSED_AFTER_MS;
  const missing = await controlPlane.store.instances.missingAgents(before, MAX_MISSED);
  if (missing.length > 0) controlPlane.metrics.record("DisconnectedAgents", missing.length);
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
    case "queuedRun":
      return { kind: "queuedRun", cluster: mark.cluster, id: mark.id };
    case "taskDefinition":
      return { kind: "taskDefinition", family: mark.family, revision: mark.revision };
    case "streamSession":
      await settleStream(controlPlane, mark.id);
      return undefined;
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
