import type { RevisionTasks } from "@berth/domain/service-deployment";
import type { Task } from "@berth/domain/task";
import type { TaskStatus } from "@berth/domain/task-status";

const PENDING: ReadonlySet<TaskStatus> = new Set(["PROVISIONING", "PENDING", "ACTIVATING"]);

/** One that is told to stop before it ran is nothing to wait for. */
const isPending = (task: Task): boolean =>
  PENDING.has(task.lastStatus) && task.desiredStatus === "RUNNING";

/** How many of these tasks run, and how many are about to, as ECS counts them. */
export const countTasks = (tasks: readonly Task[]): Pick<RevisionTasks, "running" | "pending"> => ({
  running: tasks.filter((task) => task.lastStatus === "RUNNING").length,
  pending: tasks.filter(isPending).length,
});

/** @param desired What the service wants of this deployment; else as many as are to go on. */
export function countsOf(
  tasks: readonly Task[],
  deploymentId: string,
  desired: number | undefined,
): RevisionTasks {
  const own = tasks.filter((task) => task.startedBy === deploymentId);
  const wanted = own.filter((task) => task.desiredStatus === "RUNNING").length;
  return { requested: desired ?? wanted, ...countTasks(own) };
}
