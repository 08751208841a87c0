/*
 * What `GET /v1/tasks/{id}/explain` and `GET /v1/services/{service}/explain` answer. Sentences are
 * for people, the rest for programs. Times are ISO 8601.
 */

export interface TaskExplanation {
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly group: string;
  readonly containerInstanceArn: string;
  readonly availabilityZone?: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly placement: ExplainedPlacement;
  /** Absent where the task is as it shall be. */
  readonly waiting?: ExplainedWait;
  /** Where it stops or has stopped. */
  readonly stop?: ExplainedStop;
  /** From what began it, in order. */
  readonly history: readonly ExplainedStep[];
}

export interface ExplainedPlacement {
  readonly sentences: readonly string[];
  /**
   * `chosen` by placement, `named` by the caller of StartTask, a `daemon`'s by its service,
   * `reserved` by an earlier try.
   */
  readonly kind: "chosen" | "named" | "daemon" | "reserved";
  readonly decision?: ExplainedDecision;
}

export interface ExplainedDecision {
  readonly considered: number;
  /** How many instances could not take the task, by ECS's word for why. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly scores: readonly { readonly by: string; readonly score: number }[];
  readonly isDrawn: boolean;
}

export interface ExplainedWait {
  readonly for: string;
  readonly since: string;
  readonly until?: ExplainedMoment;
  readonly next: ExplainedMoment;
}

export interface ExplainedMoment {
  readonly at?: string;
  readonly what: string;
}

export interface ExplainedStop {
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Each the cause of the next. */
  readonly causes: readonly ExplainedStep[];
}

export interface ExplainedStep {
  readonly at: string;
  readonly text: string;
  /** `kind` and, by it, ids: `requestId` and `operation`, `deploymentId`, `exitCode` and so on. */
  readonly cause: { readonly kind: string } & Readonly<Record<string, unknown>>;
}

export interface ServiceExplanation {
  readonly service: string;
  readonly serviceArn: string;
  readonly status: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  /** Who set count or task definition last. */
  readonly latestChange?: ExplainedStep;
  /** What it does and waits for now, the gravest first. */
  readonly progress: readonly ExplainedNote[];
  readonly deployments: readonly ExplainedDeployment[];
  /** Newest first. Present where the deployment controller is EXTERNAL. */
  readonly taskSets?: readonly ExplainedTaskSet[];
  /** The records of the latest, newest first: what became of each, or how far it is. */
  readonly serviceDeployments: readonly ExplainedServiceDeployment[];
  /** What was found at the last try to place its tasks. */
  readonly waiting: readonly WaitingTasks[];
  /** What placement says now about the next task of each deployment that has some waiting. */
  readonly placements: readonly PlacementNow[];
  /** The latest, newest first. */
  readonly events: readonly { readonly createdAt: string; readonly message: string }[];
}

export interface ExplainedNote {
  readonly kind: string;
  readonly text: string;
  readonly since?: string;
  readonly until?: string;
}

export interface ExplainedDeployment {
  readonly id: string;
  readonly status: string;
  readonly taskDefinition: string;
  readonly rolloutState: string;
  readonly rolloutStateReason: string;
  readonly failedTasks: number;
  /** So many failed tasks fail the deployment; absent where nothing does. */
  readonly failureThreshold?: number;
  /** Starts are held back until then. */
  readonly throttledUntil?: string;
}

export interface ExplainedTaskSet {
  readonly id: string;
  readonly externalId?: string;
  readonly status: string;
  readonly taskDefinition: string;
  /** Percent. */
  readonly scale: number;
  readonly computedDesiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly stabilityStatus: string;
  readonly stabilityStatusAt: string;
  readonly failedTasks: number;
  /** Starts are held back until then. */
  readonly throttledUntil?: string;
}

export interface ExplainedServiceDeployment {
  readonly serviceDeploymentArn: string;
  /** What it brings. */
  readonly deploymentId: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly createdAt: string;
  /** When its verdict fell. */
  readonly finishedAt?: string;
  /** Failed tasks that its verdict counts. */
  readonly failureCount?: number;
  /** Names of the alarms that failed it. */
  readonly triggeredAlarms?: readonly string[];
}

/** Tasks that wait for the same reasons. */
export interface WaitingTasks {
  /** Of the deployment, or of the task set. */
  readonly deploymentId: string;
  /** Since when the first of them waits. */
  readonly since: string;
  readonly count: number;
  /** Of all that refused, those that came closest. */
  readonly instances: readonly InstanceRefusal[];
}

/** Why one instance does not take a task; without an ARN where there is no instance at all. */
export interface InstanceRefusal {
  readonly containerInstanceArn?: string;
  /** ECS's word, such as `RESOURCE:CPU`. */
  readonly reason: string;
  readonly detail: string;
}

export interface PlacementNow extends PlacementOutlook {
  /** Of the deployment, or of the task set. */
  readonly deploymentId: string;
  /** Whose instances are to take them, where a strategy chose it. */
  readonly capacityProvider?: string;
}

/** What placement says now about a task that is not placed yet. */
export interface PlacementOutlook {
  /** So many instances are ACTIVE. */
  readonly considered: number;
  readonly removed: readonly RemovedInstances[];
  /** How many take the task now; then it is about to be placed. */
  readonly fittingCount: number;
  /** The best of those, with their scores by each strategy. */
  readonly ranked: readonly {
    readonly containerInstanceArn: string;
    readonly scores: readonly { readonly by: string; readonly score: number }[];
  }[];
  /** Single changes with which it would be placed now, the closest first. */
  readonly counterfactuals: readonly ExplainedChange[];
}

export interface RemovedInstances {
  readonly reason: string;
  readonly count: number;
  /** Those that came closest. */
  readonly examples: readonly InstanceRefusal[];
}

export interface ExplainedChange {
  /** Such as `with memory <= 300 MiB, on container instance …`; follows "would fit". */
  readonly text: string;
  readonly containerInstanceArn: string;
  readonly change: { readonly kind: string } & Readonly<Record<string, unknown>>;
}
