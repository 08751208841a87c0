import type { Task } from "@berth/domain/task";
import { isProtected } from "@berth/domain/task";
import { assessTask } from "./task-condition.ts";
import type { HealthRules, TaskCondition } from "./task-condition.ts";

/** A task that is neither STOPPED nor on its way out. */
export interface Member {
  readonly task: Task;
  readonly condition: Exclude<TaskCondition, "LEAVING" | "STOPPED">;
  /** Epoch ms: it is not to be stopped before, for the sake of the count or of its revision. */
  readonly protectedUntil?: number;
  /** It is to be stopped because another zone has taken over from it. */
  readonly forBalance?: true;
}

/** The tasks of a service, each in exactly one list. */
export interface Census {
  /** Of the PRIMARY deployment, and worth keeping. */
  readonly kept: readonly Member[];
  /** Of an older deployment, on a draining instance, to be moved, or UNHEALTHY: another one shall take its place. */
  readonly replaced: readonly Member[];
  readonly leaving: readonly Task[];
  readonly stopped: readonly Task[];
  /** Epoch ms: time alone changes the census then. */
  readonly changesAt?: number;
}

export interface CensusRules extends HealthRules {
  /** Absent where all tasks are to go. */
  readonly primaryId: string | undefined;
  /** Decided already, told or not. */
  readonly plannedStops: ReadonlySet<string>;
}

/** Sorts tasks, STOPPED ones included, into the lists that decisions are made from. */
export function takeCensus(tasks: readonly Task[], rules: CensusRules, now: number): Census {
  const kept: Member[] = [];
  const replaced: Member[] = [];
  const leaving: Task[] = [];
  const stopped: Task[] = [];
  const changes: number[] = [];
  for (const task of tasks) {
    const { condition, changesAt } = assessTask(task, rules, now);
    if (condition === "STOPPED") stopped.push(task);
    else if (condition === "LEAVING" || rules.plannedStops.has(task.id)) leaving.push(task);
    else {
      const outlived =
        task.startedBy !== rules.primaryId || task.draining === true || task.moving === true;
      const member = { task, condition, ...protection(task, condition, now) };
      (outlived || condition === "UNHEALTHY" ? replaced : kept).push(member);
      if (changesAt !== undefined) changes.push(changesAt);
    }
  }
  return {
    kept,
    replaced,
    leaving,
    stopped,
    ...(changes.length > 0 && { changesAt: Math.min(...changes) }),
  };
}

/** Neither a failed health check nor the draining of its instance leaves a task in peace. */
function protection(
  task: Task,
  condition: TaskCondition,
  now: number,
): Pick<Member, "protectedUntil"> {
  const { protectedUntil } = task;
  if (protectedUntil === undefined || !isProtected(task, now)) return {};
  return condition === "UNHEALTHY" || task.draining ? {} : { protectedUntil };
}

export const mayBeStopped = (member: Member): boolean => member.protectedUntil === undefined;
export const isHealthy = (member: Member): boolean => member.condition === "HEALTHY";
export const isPending = (member: Member): boolean => member.condition === "PENDING";

export const countHealthy = (members: readonly Member[]): number =>
  members.filter(isHealthy).length;

/** Tasks that still hold resources: all but the STOPPED ones. */
export const countOccupying = (census: Census): number =>
  census.kept.length + census.replaced.length + census.leaving.length;
