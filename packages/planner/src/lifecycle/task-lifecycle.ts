import type { Cause, NetworkBinding, Task } from "@berth/domain/task";
import type { StopCode } from "@berth/domain/task-status";

export interface ContainerReport {
  readonly containerName: string;
  readonly status: "PENDING" | "RUNNING" | "STOPPED";
  readonly runtimeId?: string;
  readonly exitCode?: number;
  readonly imageDigest?: string;
  readonly reason?: string;
  readonly networkBindings?: readonly NetworkBinding[];
}

/** What an agent says of a task (SubmitTaskStateChange, SubmitContainerStateChange). Times are epoch ms. */
export interface TaskReport {
  readonly status?: "PENDING" | "RUNNING" | "STOPPED";
  readonly reason?: string;
  readonly containers: readonly ContainerReport[];
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  readonly executionStoppedAt?: number;
}

/** `undefined` where the report changes nothing: late, repeated and reordered ones are no errors. */
export declare function applyReport(task: Task, report: TaskReport, now: number): Task | undefined;

export interface StopOrder {
  readonly stopCode: StopCode;
  readonly reason: string;
  readonly cause: Cause;
}

/** Sets `desiredStatus` STOPPED. `undefined` where it is already. */
export declare function orderStop(task: Task, order: StopOrder, now: number): Task | undefined;

/**
 * The one transition that is not the agent's: its instance is lost or deregistered by force, so the
 * control plane itself says STOPPED. `undefined` where it is already.
 */
export declare function loseTask(task: Task, order: StopOrder, now: number): Task | undefined;
