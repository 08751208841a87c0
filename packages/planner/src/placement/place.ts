import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import type { Demand } from "@berth/domain/resources";
import type { PlacementFailure, PlacementStrategy } from "@berth/domain/service";
import type { Attribute } from "@berth/domain/container-instance";
import type { PlacementConstraint } from "@berth/domain/task-definition";

export interface Candidate {
  readonly instance: ContainerInstance;
  readonly ledger: InstanceLedger;
}

/** One batch of equal tasks that look for an instance. */
export interface PlacementRequest {
  readonly taskIds: readonly string[];
  readonly group: string;
  readonly demand: Demand;
  readonly requiresAttributes: readonly Attribute[];
  readonly constraints: readonly PlacementConstraint[];
  readonly strategy: readonly PlacementStrategy[];
  /** Text that decides ties and `random`: equal seeds and snapshots give equal plans. */
  readonly seed: string;
}

export interface PlacementPlan {
  readonly placed: readonly { readonly taskId: string; readonly containerInstanceId: string }[];
  readonly unplaced: readonly {
    readonly taskId: string;
    /** One for each instance considered; a single one without an instance where there was none. */
    readonly failures: readonly PlacementFailure[];
  }[];
}

export declare function planPlacement(
  candidates: readonly Candidate[],
  request: PlacementRequest,
): PlacementPlan;
