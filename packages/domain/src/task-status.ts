/** Every state a task's `lastStatus` can be in, in ECS's order. Source: ECS developer guide, task lifecycle. */
export const TASK_STATUSES = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
  "STOPPED",
] as const;

export type TaskStatus = (typeof TASK_STATUSES)[number];

export type DesiredStatus = "RUNNING" | "STOPPED";

export type StopCode =
  | "TaskFailedToStart"
  | "EssentialContainerExited"
  | "UserInitiated"
  | "ServiceSchedulerInitiated"
  | "SpotInterruption"
  | "TerminationNotice";

export type HealthStatus = "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
