import type { Task } from "@berth/domain/task";
import type { ControlPlane } from "../context.ts";
import { persist } from "./persist.ts";
import { wakeLater } from "./wake-later.ts";

/** Since when an agent is to start a task, or to stop it: since it could first be told, where that came late. */
export const orderedAt = ({ stoppingAt, createdAt, lateTelling }: Task): number =>
  stoppingAt ?? lateTelling?.toldAt ?? createdAt;

/** Whether its agent has not been told of it yet, for want of keys. */
export const isUntold = ({ lateTelling, desiredStatus }: Task): boolean =>
  lateTelling !== undefined && lateTelling.toldAt === undefined && desiredStatus === "RUNNING";

/** Writes down that these could not be told. */
export async function recordUntold(
  controlPlane: ControlPlane,
  tasks: readonly Task[],
): Promise<void> {
  await Promise.all(
    tasks.map((task) =>
      change(controlPlane, task, ({ lateTelling }) => (lateTelling ? undefined : {})),
    ),
  );
}

/** Has it tried again to tell these of one instance, ever more seldom. */
export async function tellLater(
  controlPlane: Pick<ControlPlane, "relay" | "now" | "settings">,
  tasks: readonly Task[],
): Promise<void> {
  const [first] = tasks;
  if (!first) return;
  const { cluster, containerInstanceId } = first;
  const { dispatchRetryMs, resendForMs } = controlPlane.settings;
  const now = controlPlane.now();
  const youngestMs = Math.min(...tasks.map(({ createdAt }) => now - createdAt));
  const taskIds = tasks.map(({ id }) => id);
  await wakeLater(
    controlPlane,
    { kind: "dispatch", cluster, containerInstanceId, taskIds },
    now + Math.max(dispatchRetryMs, Math.min(resendForMs, youngestMs)),
  );
}

/** Writes down that these were told at last: from now on it counts how long they are repeated. */
export async function recordTold(
  controlPlane: ControlPlane,
  tasks: readonly Task[],
): Promise<void> {
  const toldAt = controlPlane.now();
  await Promise.all(
    tasks
      .filter(isUntold)
      .map((task) =>
        change(controlPlane, task, (current) => (isUntold(current) ? { toldAt } : undefined)),
      ),
  );
}

async function change(
  { store: { tasks } }: ControlPlane,
  { cluster, id }: Task,
  next: (current: Task) => Task["lateTelling"],
): Promise<void> {
  await persist<Task>(
    () => tasks.find(cluster, id),
    (current) => {
      const lateTelling = next(current);
      return lateTelling && { ...current, lateTelling };
    },
    (task) => tasks.replace(task),
  );
}
