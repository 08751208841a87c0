import type { AgentSession } from "@berth/domain/session";
import type { Task } from "@berth/domain/task";
import type { Stored } from "@berth/store/store";
import { packManifest } from "../agents/pack-manifest.ts";
import type { ControlPlane, InstanceControlPlane } from "../context.ts";
import { isUntold, orderedAt, tellLater } from "./late-telling.ts";
import { addressOf } from "./send-payloads.ts";
import { sendWithRoles } from "./task-roles.ts";

/**
 * Tells an agent of tasks that it has not heard of or is to stop. Repeating it does no harm: an agent
 * knows its tasks. An agent that is away is told when it comes back.
 */
export async function dispatchTasks(
  controlPlane: InstanceControlPlane,
  cluster: string,
  containerInstanceId: string,
  taskIds: readonly string[],
): Promise<void> {
  const [session, tasks] = await Promise.all([
    controlPlane.store.sessions.find(cluster, containerInstanceId),
    tasksToTell(controlPlane, cluster, taskIds),
  ]);
  const here = tasks.filter((task) => task.containerInstanceId === containerInstanceId);
  const outstanding = here.filter(isOutstanding);
  await postpone(controlPlane, outstanding);
  if (session?.connectionId !== undefined) {
    const repeated = outstanding.filter((task) => isWorthRepeating(controlPlane, task));
    const { untold } = await sendWithRoles(controlPlane, session.connectionId, repeated);
    await tellLater(controlPlane, untold);
  }
}

/**
 * Whether to tell a connected agent again. One that has not done as it was told for so long has heard
 * it, and cannot: its next connection is told anew. One that could not be told has not heard it.
 */
export const isWorthRepeating = (
  { now, settings }: Pick<ControlPlane, "now" | "settings">,
  task: Task,
): boolean => isUntold(task) || now() - orderedAt(task) < settings.resendForMs;

/** A reading that shows nothing to tell may be older than the message: those are read again. */
async function tasksToTell(
  controlPlane: ControlPlane,
  cluster: string,
  taskIds: readonly string[],
): Promise<readonly Stored<Task>[]> {
  const { tasks } = controlPlane.store;
  const outstanding = (await tasks.glance(cluster, taskIds)).filter(isOutstanding);
  const seen = new Set(outstanding.map((task) => task.id));
  const unclear = taskIds.filter((id) => !seen.has(id));
  return [...outstanding, ...(await tasks.findMany(cluster, unclear))];
}

/** The agent is still to start or to stop it. */
export const isOutstanding = (task: Task): boolean =>
  task.lastStatus !== "STOPPED" &&
  (task.desiredStatus === "STOPPED" || task.lastStatus === "PENDING");

/**
 * Says which tasks the agent should have, so that it asks about any other. So many more than a message
 * carries that it could not even ask are not said at all.
 */
export async function sendManifest(
  controlPlane: ControlPlane,
  connectionId: string,
  session: Pick<AgentSession, "cluster" | "containerInstanceId">,
  tasks: readonly Task[],
): Promise<"sent" | "gone"> {
  const listed = packManifest(controlPlane.scope, tasks);
  if (!listed) return "sent";
  return controlPlane.agents.push(connectionId, {
    type: "TaskManifestMessage",
    message: {
      ...addressOf(controlPlane, session),
      messageId: controlPlane.randomHex(32),
      generatedAt: controlPlane.now(),
      // A clock rises by itself, so that no counter need be kept (agent protocol: `timeline`).
      timeline: controlPlane.nextNumber(),
      tasks: listed,
    },
  });
}

/**
 * Moves marks that have come up, ever further, so that tasks nobody can take do not crowd the sweep.
 */
async function postpone(controlPlane: ControlPlane, tasks: readonly Stored<Task>[]): Promise<void> {
  const now = controlPlane.now();
  await Promise.all(
    tasks
      .filter((task) => task.due !== undefined && task.due <= now)
      .map((task) =>
        controlPlane.store.tasks.replace({
          ...task,
          due: now + Math.max(controlPlane.settings.dispatchRetryMs, now - orderedAt(task)),
        }),
      ),
  );
}
