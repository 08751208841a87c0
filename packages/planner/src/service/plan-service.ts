import type { PlacementFailure, Service } from "@berth/domain/service";
import type { StopCode } from "@berth/domain/task-status";
import type { Task } from "@berth/domain/task";

export interface ServiceSettings {
  readonly healthyAfterMs: number;
  readonly throttleFirstDelayMs: number;
  readonly throttleMaxDelayMs: number;
}

export interface ServiceSnapshot {
  readonly service: Service;
  /** Every task of the service that is not archived, stopped ones included. */
  readonly tasks: readonly Task[];
  /** What the latest try to place the planned starts came to, where there was one. By task id. */
  readonly placementFailures: Readonly<Record<string, readonly PlacementFailure[]>>;
  /** Names of containers with a health check, by task definition name. */
  readonly checkedContainers: Readonly<Record<string, readonly string[]>>;
  /** Epoch ms. */
  readonly now: number;
  readonly settings: ServiceSettings;
}

/** Plain data; empty lists and an unchanged service mean converged or waiting. */
export interface ServicePlan {
  /** The service as it should be written; the very same object where nothing changed. */
  readonly service: Service;
  /** New starts; the shell gives them ids and adds them to `plannedStarts`. */
  readonly starts: readonly { readonly deploymentId: string; readonly count: number }[];
  readonly stops: readonly {
    readonly taskId: string;
    readonly stopCode: StopCode;
    readonly reason: string;
  }[];
  /** Stopped tasks that are accounted for: to be moved to the archive. */
  readonly archive: readonly string[];
  /** Event texts, oldest first, in ECS's words; the shell gives them ids. */
  readonly events: readonly string[];
  /** Epoch ms: look again then, even if nothing happens until then. */
  readonly wakeAt?: number;
}

export declare function planService(snapshot: ServiceSnapshot): ServicePlan;
