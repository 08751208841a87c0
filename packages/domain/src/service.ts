import type { AwsvpcConfiguration } from "./awsvpc.ts";
import type { ProviderShare } from "./capacity-provider.ts";
import type { ServiceChange } from "./service-change.ts";
import type { ServiceDeployment } from "./service-deployment.ts";
import type { Tag } from "./tag.ts";
import type { PlacementConstraint } from "./task-definition.ts";
import type { TaskSet } from "./task-set.ts";

export interface PlacementStrategy {
  readonly type: "random" | "spread" | "binpack";
  readonly field?: string;
}

export interface DeploymentConfiguration {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly deploymentCircuitBreaker?: DeploymentCircuitBreaker;
  readonly alarms?: DeploymentAlarms;
  readonly [kept: string]: unknown;
}

export interface DeploymentCircuitBreaker {
  readonly enable: boolean;
  readonly rollback: boolean;
  /** Default: BOUNDED_PERCENT, 50. */
  readonly thresholdConfiguration?: ThresholdConfiguration;
  /** Default: true. */
  readonly resetOnHealthyTask?: boolean;
}

/** Alarms that fail a deployment. Source: ECS API reference, DeploymentAlarms. */
export interface DeploymentAlarms {
  readonly alarmNames: readonly string[];
  readonly enable: boolean;
  readonly rollback: boolean;
}

export interface ThresholdConfiguration {
  /** COUNT: failed tasks; else percent of the desired count, BOUNDED between 3 and 200 tasks. */
  readonly type: "BOUNDED_PERCENT" | "COUNT" | "UNBOUNDED_PERCENT";
  readonly value: number;
}

export type RolloutState = "IN_PROGRESS" | "COMPLETED" | "FAILED";

/** What befell the starts of one deployment or task set. All times are epoch ms. */
export interface StartFailures {
  /**
   * Consecutive failures: tasks that never ran and, until the deployment is over, those that ran and
   * then exited or became unhealthy. Back to 0 once a task that began after them is healthy.
   */
  readonly failedTasks: number;
  /** When the latest of them failed. */
  readonly lastFailedAt?: number;
  /** When the latest task failed that never ran. */
  readonly lastFailedStartAt?: number;
  /** Rounds in which starts failed: those that fail together are one round, and wait as one. */
  readonly failedRounds?: number;
  /** Starts are held back until then, after failed ones. */
  readonly throttledUntil?: number;
}

/** All times are epoch ms. */
export interface Deployment extends StartFailures {
  /** `ecs-svc/` and 19 digits. */
  readonly id: string;
  readonly status: "PRIMARY" | "ACTIVE";
  /** `family:revision`. */
  readonly taskDefinition: string;
  /** Absent where tasks go to instances of any provider, or of none. */
  readonly capacityProviderStrategy?: readonly ProviderShare[];
  /** Present where the definition has networkMode awsvpc. */
  readonly networkConfiguration?: AwsvpcConfiguration;
  readonly rolloutState: RolloutState;
  readonly rolloutStateReason: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A task that the service has decided to start and that is not written yet. */
export interface PlannedStart {
  readonly taskId: string;
  /** Of the deployment, or of the task set. */
  readonly deploymentId: string;
  readonly decidedAt: number;
  /** Where it is to be: a DAEMON's. */
  readonly containerInstanceId?: string;
  /** Where it is to be: one that is started to even the zones out. */
  readonly availabilityZone?: string;
  /** Whose instances are to take it, by the strategy. */
  readonly capacityProvider?: string;
  /** Why no instance took it, at the last try. Absent while none was made. */
  readonly unplaced?: Unplaced;
}

/** A decision to start that was taken back. */
export interface WithdrawnStart {
  readonly taskId: string;
  /** The task set that it was for, where it was for one. */
  readonly taskSetId?: string;
  /** Epoch ms: from then on nobody is at it any more. */
  readonly until: number;
}

/** A task that the service has decided to stop; kept at least until the task itself says so. */
export interface PlannedStop {
  readonly taskId: string;
  /** Becomes the task's `stoppedReason`. */
  readonly reason: string;
  /** It did not run yet: should it do so before it is told, the decision no longer holds. */
  readonly beforeRunning?: true;
}

/** The tasks of a service are being evened out over the availability zones. */
export interface Rebalancing {
  readonly isUnderWay: boolean;
  /** As it was when it began: another one ends it. */
  readonly desiredCount: number;
  /** Ids of tasks that were started for it and are not yet healthy. */
  readonly moves: readonly string[];
  /** Epoch ms: a zone had no room; it is not tried again before. */
  readonly retryAt?: number;
}

export interface Unplaced {
  readonly since: number;
  readonly candidates: readonly PlacementFailure[];
}

/** Why one instance did not take a task. */
export interface PlacementFailure {
  /** Absent where there was no instance at all. */
  readonly containerInstanceId?: string;
  /** ECS's word: `RESOURCE:CPU`, `RESOURCE:MEMORY`, `RESOURCE:PORTS`, `AGENT`, `ATTRIBUTE`, or a sentence. */
  readonly reason: string;
  /** With figures, for people. */
  readonly detail: string;
}

export interface ServiceEvent {
  /** Dashed UUID. */
  readonly id: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly message: string;
}

export type ServiceStatus = "ACTIVE" | "DRAINING" | "INACTIVE";

/** The desired state of a service and the progress of its deployments. All times are epoch ms. */
export interface Service {
  readonly cluster: string;
  readonly name: string;
  readonly status: ServiceStatus;
  /** Of a DAEMON: how many instances should have one, as last seen. */
  readonly desiredCount: number;
  readonly schedulingStrategy: "REPLICA" | "DAEMON";
  readonly launchType?: "EC2" | "FARGATE" | "EXTERNAL";
  /** `family:revision` of the PRIMARY deployment or task set; absent while there is no such set. */
  readonly taskDefinition?: string;
  readonly deploymentConfiguration: DeploymentConfiguration;
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly placementStrategy: readonly PlacementStrategy[];
  /** Newest first; the first is PRIMARY. None where there are task sets. */
  readonly deployments: readonly Deployment[];
  /** Newest first. Present where the deployment controller is EXTERNAL (ADR 0023). */
  readonly taskSets?: readonly TaskSet[];
  /** Newest first: those without a verdict, and those whose record is not yet an item of its own. */
  readonly serviceDeployments: readonly ServiceDeployment[];
  /** Id of the latest of all. */
  readonly currentServiceDeployment?: string;
  readonly plannedStarts: readonly PlannedStart[];
  /** Starts that were taken back and may yet become tasks: a pass that overlaps may be at them. */
  readonly withdrawnStarts?: readonly WithdrawnStart[];
  /**
   * Written before the tasks are told, so that a pass that overlaps with another one never chooses
   * further victims. Entries of tasks that were told go with the service's next change.
   */
  readonly plannedStops?: readonly PlannedStop[];
  /** Tasks whose failure is counted already and which are still to be archived. */
  readonly countedFailures: readonly string[];
  /** Events of the latest changes, not yet written as items of their own. */
  readonly newEvents: readonly ServiceEvent[];
  /** Message of the last event that is suppressed while it repeats, and when it was told. */
  readonly lastTold: Readonly<Record<string, number>>;
  readonly steady: boolean;
  readonly enableECSManagedTags: boolean;
  readonly propagateTags: "TASK_DEFINITION" | "SERVICE" | "NONE";
  readonly enableExecuteCommand: boolean;
  readonly availabilityZoneRebalancing: "ENABLED" | "DISABLED";
  /** Absent where it never was. */
  readonly rebalancing?: Rebalancing;
  readonly healthCheckGracePeriodSeconds?: number;
  readonly roleArn?: string;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  readonly createdBy: string;
  /** The latest request that changed its count or its PRIMARY deployment. */
  readonly latestChange?: ServiceChange;
  readonly clientToken?: string;
  /** Hash of the parameters it was created with: tells a repeated CreateService from another one. */
  readonly requestHash: string;
  /** Set when it became INACTIVE; it stays describable for a while. */
  readonly inactiveAt?: number;
  /** Members that Berth keeps and gives back. */
  readonly kept?: Readonly<Record<string, unknown>>;
}
