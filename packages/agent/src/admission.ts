import { misfit, without } from "@berth/domain/container-instance";
import type { Capacity } from "@berth/domain/resources";
import { settle } from "./settle.ts";
import { isStopped } from "./state.ts";
import type { AgentState, ManagedTask } from "./state.ts";

/**
 * The resource gate: admits waiting tasks in order of arrival while they fit beside those that still
 * run or stop. The first that does not fit holds back all that came later, so that a large task is
 * not starved by small ones. One that could not fit even alone is stopped instead of waiting for ever.
 */
export function admitWaiting(state: AgentState, now: number): AgentState {
  const waiting = [...state.tasks.values()].filter(isWaiting);
  if (waiting.length === 0) return state;
  const tasks = new Map(state.tasks);
  let left = remainingCapacity(state);
  for (const task of waiting) {
    const impossible = misfit(state.capacity, task.demand);
    if (impossible !== undefined) {
      tasks.set(task.arn, settle(refused(task, impossible), now));
      continue;
    }
    if (misfit(left, task.demand) !== undefined) break;
    left = without(left, task.demand);
    tasks.set(task.arn, { ...task, admitted: true });
  }
  return { ...state, tasks };
}

const isWaiting = (task: ManagedTask): boolean =>
  !task.admitted && task.desiredStatus === "RUNNING" && !isStopped(task);

function remainingCapacity({ capacity, tasks }: AgentState): Capacity {
  const holding = [...tasks.values()].filter((task) => task.admitted && !isStopped(task));
  return holding.reduce((left, { demand }) => without(left, demand), capacity);
}

const refused = (task: ManagedTask, reason: string): ManagedTask => ({
  ...task,
  desiredStatus: "STOPPED",
  reason: `TaskFailedToStart: ${reason}`,
});
