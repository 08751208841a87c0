import type { Deployment, PlannedStart, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { TaskStatus } from "@berth/domain/task-status";
import type { ServicePlan, ServiceSnapshot } from "@berth/planner/service/plan-service";
import { aDeployment, aService, aTask, aTaskContainer, taskId, taskNumber } from "./builders.ts";

/** The deployments of `web:1`, `web:2` and so on, in the order of their revisions. */
export const deploymentId = (revision: number): string =>
  `ecs-svc/${revision.toString().padStart(19, "0")}`;

/** Epoch ms: late enough that all that a test leaves unsaid is long past. */
export const NOW = 1_000_000;

/** A deployment of `web:REVISION` that is on its way. */
export const rollingOut = (revision: number, overrides: Partial<Deployment> = {}): Deployment =>
  aDeployment({
    id: deploymentId(revision),
    taskDefinition: `web:${revision}`,
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: `ECS deployment ${deploymentId(revision)} in progress.`,
    ...overrides,
  });

/** A deployment of `web:REVISION` that was completed and then superseded. */
export const superseded = (revision: number, overrides: Partial<Deployment> = {}): Deployment =>
  aDeployment({
    id: deploymentId(revision),
    taskDefinition: `web:${revision}`,
    status: "ACTIVE",
    rolloutStateReason: `ECS deployment ${deploymentId(revision)} completed.`,
    ...overrides,
  });

/** A task of the service `web`, of its `web:REVISION` deployment. */
export const aServiceTask = (
  revision: number,
  number: number,
  lastStatus: TaskStatus = "RUNNING",
  overrides: Partial<Task> = {},
): Task => {
  const hasRun = lastStatus !== "PENDING" && lastStatus !== "STOPPED";
  return aTask({
    id: taskId("service:web", number),
    startedBy: deploymentId(revision),
    taskDefinition: `web:${revision}`,
    lastStatus,
    desiredStatus: lastStatus === "STOPPED" ? "STOPPED" : "RUNNING",
    ...(hasRun && { startedAt: 0 }),
    containers: [aTaskContainer({ lastStatus: hasRun ? "RUNNING" : "PENDING" })],
    ...overrides,
  });
};

/** The same task as its health checks see it. Its definition needs a check of `main`. */
export const withHealth = (task: Task, healthStatus: "HEALTHY" | "UNHEALTHY"): Task => ({
  ...task,
  containers: task.containers.map((container) => ({ ...container, healthStatus })),
});

export const aPlannedStart = (
  revision: number,
  number: number,
  overrides: Partial<PlannedStart> = {},
): PlannedStart => ({
  taskId: taskId("service:web", number),
  deploymentId: deploymentId(revision),
  decidedAt: 0,
  ...overrides,
});

/** A service of two tasks with one deployment on its way, and no tasks yet. */
export const aServiceSnapshot = (
  overrides: Partial<Omit<ServiceSnapshot, "service">> & {
    readonly service?: Partial<Service>;
  } = {},
): ServiceSnapshot => ({
  tasks: [],
  placementFailures: {},
  checkedContainers: {},
  now: NOW,
  settings: {
    healthyAfterMs: 0,
    provenAfterMs: 0,
    throttleFirstDelayMs: 1000,
    throttleMaxDelayMs: 60_000,
  },
  ...overrides,
  service: aService({ desiredCount: 2, deployments: [rollingOut(1)], ...overrides.service }),
});

/** What a plan does, in short words; tasks by their numbers. */
export const brief = (plan: ServicePlan): readonly string[] => [
  ...plan.starts.map(({ count }) => `start ${count}`),
  ...plan.stops.map((stop) => `stop ${taskNumber(stop.taskId)}`),
  ...plan.archive.map((id) => `archive ${taskNumber(id)}`),
];
