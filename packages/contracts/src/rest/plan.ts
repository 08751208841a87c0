import type {
  CreateServiceRequest,
  CreateTaskSetRequest,
  DeleteTaskSetRequest,
  RunTaskRequest,
  UpdateServiceRequest,
  UpdateTaskSetRequest,
} from "@aws-sdk/client-ecs";

/** One thing that could be done to a cluster or happen to it, in ECS's own request shapes. */
export type PlannedChange =
  | { readonly runTask: RunTaskRequest }
  | { readonly createService: CreateServiceRequest }
  | { readonly updateService: UpdateServiceRequest }
  | { readonly createTaskSet: CreateTaskSetRequest }
  | { readonly updateTaskSet: UpdateTaskSetRequest }
  | { readonly deleteTaskSet: DeleteTaskSetRequest }
  /** Ids or ARNs of container instances: UpdateContainerInstancesState DRAINING. */
  | { readonly drain: readonly string[] }
  /** Name or ARN of a service whose tasks are to go where its placement strategy would have them now. */
  | { readonly rebalance: string }
  /** Id or ARN of one container instance. */
  | { readonly loseInstance: string }
  /** Name of an availability zone. */
  | { readonly loseZone: string };

/** What nobody can know beforehand. */
export interface PlanAssumptions {
  /** From a task's placement until it runs. Default: the median of the cluster's tasks, else 5,000. */
  readonly startMs: number;
  /** From the order to stop until a task has stopped. Default: 1,000. */
  readonly stopMs: number;
  /** How far to look ahead. Default: 30 minutes. */
  readonly horizonMs: number;
  /** The tasks that the change starts never run. Default: false. */
  readonly tasksFail: boolean;
  /** EC2 tells at once of a machine that is lost; else only its agent is missed. Default: false. */
  readonly hostNotice: boolean;
}

/** The body of `POST /v1/plans`. */
export interface PlanRequest {
  /** Name or ARN. Default: `default`. */
  readonly cluster?: string;
  readonly change: PlannedChange;
  readonly assumptions: Partial<PlanAssumptions>;
}

/** Versions of what the plan was made from. Whatever has another one now has moved. */
export interface PlanVersions {
  readonly cluster: number;
  readonly services: Readonly<Record<string, number>>;
  /** That wait, by id. */
  readonly queuedRuns: Readonly<Record<string, number>>;
  /** By id. */
  readonly containerInstances: Readonly<Record<string, number>>;
  /** Of the change: `family:revision`. A later revision moves a change that names only the family. */
  readonly taskDefinition?: string;
}

/** The body of `POST /v1/plans/apply`: of a plan, what says which change it is and of what state. */
export type ApplyPlanRequest = Pick<Plan, "planId" | "cluster" | "change" | "versions">;

/** What would happen. All times in ms from the moment of the change. */
export interface Plan {
  /** Digest of change and versions. */
  readonly planId: string;
  readonly cluster: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly change: PlannedChange;
  readonly assumptions: PlanAssumptions;
  readonly versions: PlanVersions;
  /** `horizon`: something was still going on then. */
  readonly ends: "settled" | "horizon";
  /** When the last thing happened. */
  readonly endsAfterMs: number;
  /** Oldest first, and bounded: `stepCount` says how many there are. */
  readonly timeline: readonly PlanStep[];
  readonly stepCount: number;
  readonly services: readonly ServiceForecast[];
  readonly capacity: CapacityForecast;
  readonly unplaced: readonly UnplacedForecast[];
  /** Of a rebalance: which tasks are replaced, and where the strategy wants their successors. */
  readonly moves: readonly PlannedMove[];
  readonly trippedBreakers: readonly BreakerForecast[];
  readonly tasks: TaskCounts & { readonly before: TaskCounts };
}

export type StepKind = "place" | "run" | "stopOrder" | "stop";

/** One step of one task's life. */
export interface PlanStep {
  readonly afterMs: number;
  readonly step: StepKind;
  /** ARN, or `new-N` for a task that the change starts. */
  readonly task: string;
  readonly group: string;
  /** `family:revision`. */
  readonly taskDefinition: string;
  readonly containerInstanceArn: string;
  readonly availabilityZone: string;
  readonly why: string;
}

/** All three are ARNs. */
export interface PlannedMove {
  readonly task: string;
  readonly from: string;
  readonly to: string;
}

export interface TaskCounts {
  readonly running: number;
  readonly pending: number;
}

export interface ServiceForecast {
  readonly service: string;
  readonly desiredCount: number;
  /** Healthy tasks before, at the worst moment, and in the end. */
  readonly healthy: {
    readonly before: number;
    readonly fewest: number;
    readonly fewestAfterMs: number;
    readonly after: number;
  };
  /** Most tasks above the desired count at any moment, whatever their state until STOPPED. */
  readonly mostExtraTasks: number;
  readonly pending: number;
  readonly waiting: number;
  readonly steady: boolean;
  readonly taskDefinition: string;
  readonly rolloutState: string;
}

export interface CapacityForecast {
  readonly cpuUnits: ReservedForecast;
  readonly memoryMiB: ReservedForecast;
}

export interface ReservedForecast {
  readonly registered: number;
  readonly before: number;
  readonly most: number;
  readonly after: number;
}

/** Equal tasks that find no place in the end, and why. */
export interface UnplacedForecast {
  readonly group: string;
  readonly count: number;
  readonly reasons: readonly {
    readonly reason: string;
    /** Instances that say so. */
    readonly instances: number;
    /** With the figures of one of them. */
    readonly detail: string;
    readonly containerInstanceArn?: string;
  }[];
}

export interface BreakerForecast {
  readonly service: string;
  readonly deploymentId: string;
  readonly taskDefinition: string;
  readonly afterMs: number;
}

/** What `POST /v1/plans/apply` answers. */
export interface AppliedPlan {
  readonly planId: string;
  /** The answer of the ECS operation that the change is; of a rebalance its `moves`. Times are ISO 8601. */
  readonly response: unknown;
}
