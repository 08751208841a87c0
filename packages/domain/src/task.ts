import type { TaskAttachment } from "./awsvpc.ts";
import type { DesiredStatus, HealthStatus, StopCode, TaskStatus } from "./task-status.ts";
import type { Tag } from "./tag.ts";
import type { TaskRoles } from "./task-roles.ts";
import type { EnvironmentFile, ResourceRequirement } from "./task-definition.ts";
import type { TaskPlacement } from "./task-placement.ts";

export interface NetworkBinding {
  readonly bindIP?: string;
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly protocol?: "tcp" | "udp";
  /** Of a range of ports, such as `80-90`, instead of the two single ones. */
  readonly containerPortRange?: string;
  readonly hostPortRange?: string;
}

export interface TaskContainer {
  readonly name: string;
  /** Dashed UUID: the end of the container's ARN. */
  readonly id: string;
  readonly lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  readonly runtimeId?: string;
  readonly imageDigest?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly networkBindings?: readonly NetworkBinding[];
  /** GPUs of its instance that it has to itself. Absent where it asked for none. */
  readonly gpuIds?: readonly string[];
  /** Absent while the container has no check or none has reported: ECS prints UNKNOWN. */
  readonly healthStatus?: HealthStatus;
}

export interface ContainerOverride {
  readonly name: string;
  readonly command?: readonly string[];
  readonly environment?: readonly { readonly name?: string; readonly value?: string }[];
  readonly cpu?: number;
  readonly memory?: number;
  readonly memoryReservation?: number;
  readonly resourceRequirements?: readonly ResourceRequirement[];
  readonly environmentFiles?: readonly EnvironmentFile[];
}

export interface TaskOverrides {
  readonly containerOverrides?: readonly ContainerOverride[];
  readonly cpu?: string;
  readonly memory?: string;
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
}

/** Who or what asked for a change: written with the change itself, read by "why". */
export type Cause =
  | {
      readonly kind: "api";
      readonly operation: string;
      readonly requestId: string;
      /** ARN of who asked. */
      readonly principalArn: string;
    }
  | { readonly kind: "deployment"; readonly id: string }
  | { readonly kind: "taskSet"; readonly id: string }
  | { readonly kind: "agent" }
  | { readonly kind: "controlPlane"; readonly reason: string };

export interface HistoryEntry {
  /** Epoch ms. */
  readonly at: number;
  /** Such as `RUNNING` or `desired STOPPED`; `draining`: its instance is. */
  readonly to: string;
  readonly cause: Cause;
}

/**
 * One task. Kept near 1 KB: what its definition says (images, sizes) is not repeated here, and ARNs
 * are made when it is shown. All times are epoch ms.
 */
export interface Task {
  readonly cluster: string;
  /** 32 lower-case hex digits; the first eight are the hash of `group`. */
  readonly id: string;
  /** `family:revision`. */
  readonly taskDefinition: string;
  /** `service:NAME`, `family:FAMILY` or what RunTask was given. */
  readonly group: string;
  /** For a service's task its deployment or task set, `ecs-svc/N`. */
  readonly startedBy?: string;
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
  /** Why it is there. Absent where it took up a place that an earlier try had reserved. */
  readonly placement?: TaskPlacement;
  readonly launchType: "EC2" | "FARGATE" | "EXTERNAL";
  /** Where a strategy chose it. */
  readonly capacityProviderName?: string;
  readonly desiredStatus: DesiredStatus;
  readonly lastStatus: TaskStatus;
  readonly createdAt: number;
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  readonly startedAt?: number;
  readonly stoppingAt?: number;
  readonly executionStoppedAt?: number;
  readonly stoppedAt?: number;
  readonly stopCode?: StopCode;
  readonly stoppedReason?: string;
  /** CPU units and MiB that it holds: what Describe prints as `cpu` and `memory`. */
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly overrides?: TaskOverrides;
  /** Its instance is DRAINING: a service replaces it. */
  readonly draining?: boolean;
  /** Epoch ms: until then its service does not stop it to scale in or to replace its revision. */
  readonly protectedUntil?: number;
  /** It is to be moved by a rebalance: its service replaces it. */
  readonly moving?: true;
  readonly enableExecuteCommand?: boolean;
  /** Present where its definition has networkMode awsvpc. */
  readonly attachment?: TaskAttachment;
  readonly referenceId?: string;
  /**
   * By which its containers ask their agent for the keys of its roles: as good as a password on its
   * instance, and of no use elsewhere. Shown to nobody.
   */
  readonly credentialsIds?: { readonly [Role in keyof TaskRoles]: string };
  /** Its agent could not be told of it at once, for there were no keys of its roles; `toldAt`: when it was. */
  readonly lateTelling?: { readonly toldAt?: number };
  readonly tags?: readonly Tag[];
  /** Hash of the parameters it was run with, where there was a `clientToken`. */
  readonly requestHash?: string;
  readonly containers: readonly TaskContainer[];
  readonly history: readonly HistoryEntry[];
}

export const isServiceTask = (task: { readonly group: string }): boolean =>
  task.group.startsWith("service:");

export const serviceNameOf = (task: { readonly group: string }): string | undefined =>
  isServiceTask(task) ? task.group.slice("service:".length) : undefined;

export const serviceGroup = (serviceName: string): string => `service:${serviceName}`;

/** Whether its service leaves it alone for now. */
export const isProtected = (task: Pick<Task, "protectedUntil">, now: number): boolean =>
  (task.protectedUntil ?? 0) > now;
