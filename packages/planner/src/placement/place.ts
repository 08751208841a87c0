import type { ProviderInstances } from "@berth/domain/capacity-provider";
import type {
  Attribute,
  ContainerInstance,
  InstanceLedger,
} from "@berth/domain/container-instance";
import type { Demand } from "@berth/domain/resources";
import type { PlacementFailure, PlacementStrategy } from "@berth/domain/service";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import type { PlacementDecision } from "@berth/domain/task-placement";
import { PlacementIndex } from "./placement-index.ts";

export interface Candidate {
  readonly instance: ContainerInstance;
  readonly ledger: InstanceLedger;
}

/** What a task asks of the instance that it is to run on, beside room. */
export interface InstanceRequirements {
  readonly requiresAttributes: readonly Attribute[];
  readonly constraints: readonly PlacementConstraint[];
  /** It is of one of these; of any where there are none. */
  readonly capacityProviders?: readonly ProviderInstances[];
}

/** One batch of equal tasks that look for an instance. */
export interface PlacementRequest extends InstanceRequirements {
  readonly taskIds: readonly string[];
  readonly group: string;
  readonly demand: Demand;
  readonly strategy: readonly PlacementStrategy[];
  /** Text that decides ties and `random`: equal seeds and snapshots give equal plans. */
  readonly seed: string;
}

export interface PlacementPlan {
  readonly placed: readonly Placement[];
  readonly unplaced: readonly {
    readonly taskId: string;
    /** Of the instances considered those that came closest, at most `MAX_FAILURES`; a single one without an instance where there was none. */
    readonly failures: readonly PlacementFailure[];
  }[];
}

export interface Placement {
  readonly taskId: string;
  readonly containerInstanceId: string;
  /** Absent for a task that held its place already. */
  readonly decision?: PlacementDecision;
}

/**
 * The same for those who ask once. The order of the candidates is of no account.
 */
export const planPlacement = (
  candidates: readonly Candidate[],
  request: PlacementRequest,
): PlacementPlan => new PlacementIndex(candidates).plan(request);
