import type { AwsvpcConfiguration } from "./awsvpc.ts";
import type { ProviderShare } from "./capacity-provider.ts";
import type { PlacementFailure, PlacementStrategy } from "./service.ts";
import type { Tag } from "./tag.ts";
import type { PlacementConstraint } from "./task-definition.ts";
import type { Cause, Task, TaskOverrides } from "./task.ts";

/**
 * WAITING until the last task is placed, the deadline passes or it is cancelled; CANCELLING while a
 * try that had begun before may still place some. The others are verdicts: nothing changes after them.
 */
export type QueuedRunStatus = "WAITING" | "CANCELLING" | "PLACED" | "EXPIRED" | "CANCELLED";

/** A RunTask that waits for capacity. All times are epoch ms. */
export interface QueuedRun {
  readonly cluster: string;
  /** 32 lower-case hex digits. */
  readonly id: string;
  readonly status: QueuedRunStatus;
  /** `family:revision`. */
  readonly taskDefinition: string;
  readonly group: string;
  readonly launchType: Task["launchType"];
  /** Shares its tasks out in the order of their ids below. */
  readonly capacityProviderStrategy?: readonly ProviderShare[];
  /** Present where the definition has networkMode awsvpc. */
  readonly networkConfiguration?: AwsvpcConfiguration;
  /** Who asked for it. */
  readonly cause: Cause;
  readonly startedBy?: string;
  readonly overrides?: TaskOverrides;
  readonly enableExecuteCommand?: boolean;
  readonly referenceId?: string;
  readonly tags?: readonly Tag[];
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly placementStrategy: readonly PlacementStrategy[];
  /** Of all its tasks, decided when it was queued. */
  readonly taskIds: readonly string[];
  /** Those of them that are not known to be placed. */
  readonly unplacedTaskIds: readonly string[];
  readonly queuedAt: number;
  /** No task is placed later. */
  readonly deadline: number;
  /** What the latest try found that left some unplaced. */
  readonly latestTry?: PlacementTry;
  readonly cancellation?: Cancellation;
  /** When the verdict fell. */
  readonly endedAt?: number;
  /** Tells a repeated request from another one under the same token. */
  readonly requestHash: string;
}

export interface PlacementTry {
  /** Of the first in a row that found the same. */
  readonly since: number;
  /** Of the instances that came closest: its tasks are equal, so what one lacked all lacked. */
  readonly refusals: readonly PlacementFailure[];
}

export interface Cancellation {
  readonly at: number;
  readonly cause: Cause;
}

/** Whether its verdict has fallen. */
export const isOver = ({ status }: Pick<QueuedRun, "status">): boolean =>
  status !== "WAITING" && status !== "CANCELLING";
