import type { AwsvpcConfiguration } from "./awsvpc.ts";
import type { ProviderShare } from "./capacity-provider.ts";
import type { DeploymentConfiguration } from "./service.ts";

export type ServiceDeploymentStatus =
  | "PENDING"
  | "IN_PROGRESS"
  | "SUCCESSFUL"
  | "STOP_REQUESTED"
  | "STOPPED"
  | "ROLLBACK_REQUESTED"
  | "ROLLBACK_IN_PROGRESS"
  | "ROLLBACK_SUCCESSFUL"
  | "ROLLBACK_FAILED";

/**
 * The record of one change of a service, from its request to its verdict; a rollback is part of it.
 * All times are epoch ms. Source: ECS API reference, ServiceDeployment.
 */
export interface ServiceDeployment {
  /** 21 characters, in the order of time from the latest back. */
  readonly id: string;
  readonly status: ServiceDeploymentStatus;
  readonly statusReason?: string;
  /** What it brings: `ecs-svc/N`, the deployment of the service revision `N`. */
  readonly deploymentId: string;
  /** What was there when it was asked for. */
  readonly sourceDeploymentIds: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly stoppedAt?: number;
  readonly rollback?: ServiceDeploymentRollback;
  /** Present once its alarms have had something to say. */
  readonly alarms?: AlarmWatch;
  /** Set with the verdict. */
  readonly end?: ServiceDeploymentEnd;
}

/** Who found that a deployment has failed. */
export type RollbackTrigger = "circuitBreaker" | "alarms" | "user";

export interface ServiceDeploymentRollback {
  readonly trigger: RollbackTrigger;
  readonly reason: string;
  readonly startedAt: number;
  /** Tasks of the deployment that had failed by then: it may be gone when the verdict falls. */
  readonly failureCount?: number;
  /** What it goes back to; absent where there was nothing. */
  readonly deploymentId?: string;
}

/** What came of looking at the alarms of a service deployment. */
export interface AlarmWatch {
  /** Those that were in ALARM when it began: then none of its alarms counts. */
  readonly alarmingBefore?: readonly string[];
  /** Those that failed it. */
  readonly triggered?: readonly string[];
  /** Its tasks were all healthy then for the first time, and its alarms have yet to have their time. */
  readonly bakingSince?: number;
}

/** How things were at the verdict. */
export interface ServiceDeploymentEnd {
  readonly failureCount: number;
  readonly threshold: number;
  readonly deploymentConfiguration: DeploymentConfiguration;
  /** By deployment id. */
  readonly tasks: Readonly<Record<string, RevisionTasks>>;
}

export interface RevisionTasks {
  readonly requested: number;
  readonly running: number;
  readonly pending: number;
}

/** What the tasks of a deployment are made from; never changes. */
export interface ServiceRevision {
  readonly cluster: string;
  readonly service: string;
  /** 19 digits: those of its deployment. */
  readonly id: string;
  /** `family:revision`. */
  readonly taskDefinition: string;
  readonly launchType?: "EC2" | "FARGATE" | "EXTERNAL";
  readonly capacityProviderStrategy?: readonly ProviderShare[];
  /** Present where the definition has networkMode awsvpc. */
  readonly networkConfiguration?: AwsvpcConfiguration;
  readonly containerImages: readonly { readonly containerName: string; readonly image: string }[];
  /** Epoch ms. */
  readonly createdAt: number;
}

/** The verdicts: no service deployment leaves one of these. */
const TERMINAL: Readonly<Record<ServiceDeploymentStatus, boolean>> = {
  PENDING: false,
  IN_PROGRESS: false,
  SUCCESSFUL: true,
  STOP_REQUESTED: false,
  STOPPED: true,
  ROLLBACK_REQUESTED: false,
  ROLLBACK_IN_PROGRESS: false,
  ROLLBACK_SUCCESSFUL: true,
  ROLLBACK_FAILED: true,
};

export const isTerminal = ({ status }: Pick<ServiceDeployment, "status">): boolean =>
  TERMINAL[status];

const PREFIX = "ecs-svc/";

/** The id of the service revision that a deployment rolls out. */
export const revisionIdOf = (deploymentId: string): string => deploymentId.slice(PREFIX.length);

/** The deployment that rolls out a service revision. */
export const deploymentIdOf = (revisionId: string): string => PREFIX + revisionId;
