import type { Task } from "@berth/domain/task";
import { serviceNameOf } from "@berth/domain/task";
import type { StopCode } from "@berth/domain/task-status";
import { loseTask } from "@berth/planner/lifecycle/task-lifecycle";
import type { ControlPlane } from "../context.ts";
import { countTaskChange } from "./count-task-change.ts";
import { persist, withDue } from "./persist.ts";

/** A task that no agent will report STOPPED any more, and why. */
export interface GivenUp {
  readonly task: Task;
  readonly stopCode: StopCode;
  readonly reason: string;
}

/**
 * Declares tasks STOPPED in the place of their agent.
 *
 * @returns the ids of those that are STOPPED now, whose reservations may go.
 */
export async function giveUpTasks(
  controlPlane: ControlPlane,
  givenUp: readonly GivenUp[],
): Promise<readonly string[]> {
  const stopped = await Promise.all(
    givenUp.map(async (each) => ((await giveUp(controlPlane, each)) ? [each.task.id] : [])),
  );
  return stopped.flat();
}

async function giveUp(
  controlPlane: ControlPlane,
  { task: { cluster, id }, stopCode, reason }: GivenUp,
): Promise<boolean> {
  const { tasks } = controlPlane.store;
  const now = controlPlane.now();
  const cause = { kind: "controlPlane", reason } as const;
  const done = await persist<Task>(
    async () => tasks.find(cluster, id),
    (task) => {
      const stopped = loseTask(task, { stopCode, reason, cause }, now);
      // A service's task stays marked until its controller has accounted for it.
      const due = serviceNameOf(task) === undefined ? undefined : now;
      return stopped && withDue<Task>({ ...stopped, version: task.version }, due);
    },
    (task) => tasks.replace(task),
  );
  if (!done) return false;
  countTaskChange(controlPlane, done.before, done.item);
  return true;
}

/** Wakes the services of these tasks, each once. */
export async function wakeServicesOf(
  controlPlane: ControlPlane,
  tasks: readonly Task[],
): Promise<void> {
  const services = new Map(
    tasks.flatMap((task) => {
      const service = serviceNameOf(task);
      return service === undefined ? [] : [[service, task.cluster] as const];
    }),
  );
  await Promise.all(
    [...services].map(([service, cluster]) =>
      controlPlane.relay.wake({ kind: "service", cluster, service }),
    ),
  );
}
