import type { PlacementFailure, PlannedStart, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { taskSourcesOf } from "@berth/domain/task-source";
import type { StopCode } from "@berth/domain/task-status";
import type { ServicePlan, ServiceSnapshot } from "@berth/planner/service/plan-service";
import { planService } from "@berth/planner/service/plan-service";
import { instanceId, taskId } from "./builders.ts";

/**
 * A service with all that becomes of its plans: instances with room for `slots` tasks, and agents
 * that do what they are told. Plain data; every function gives a new one.
 */
export interface ServiceWorld extends Omit<ServiceSnapshot, "placementFailures"> {
  /** How many tasks there is room for. */
  readonly slots: number;
  readonly nextNumber: number;
  readonly placementFailures: Readonly<Record<string, readonly PlacementFailure[]>>;
}

/** Plans and obeys until there is nothing left to do; `look` sees every step. */
export function settle(world: ServiceWorld, look: (step: Step) => void): ServiceWorld {
  let current = world;
  for (let pass = 0; pass < 20; pass += 1) {
    const plan = planService(current);
    look({ before: current, plan });
    const next = place(obey(current, plan));
    if (isSame(next, current)) return next;
    current = next;
  }
  throw new Error("The planner does not come to rest while nothing happens.");
}

const isSame = (a: ServiceWorld, b: ServiceWorld): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** A plan, and what it was made for. */
export interface Step {
  readonly before: ServiceWorld;
  readonly plan: ServicePlan;
}

/** What the shell writes, short of placing: the service, the stops, the archive. */
export function obey(world: ServiceWorld, plan: ServicePlan): ServiceWorld {
  const wanted = plan.starts.flatMap(({ count, ...what }) =>
    Array.from({ length: count }, () => what),
  );
  const count = wanted.length;
  const started = wanted.map((what, index) =>
    Object.assign({}, what, {
      taskId: taskId(`service:${world.service.name}`, world.nextNumber + index),
      decidedAt: world.now,
    }),
  );
  const ordered = new Set(plan.stops.map((stop) => stop.taskId));
  const service: Service =
    count > 0
      ? { ...plan.service, plannedStarts: [...plan.service.plannedStarts, ...started] }
      : plan.service;
  return {
    ...world,
    service,
    placementFailures: {},
    nextNumber: world.nextNumber + count,
    tasks: world.tasks
      .filter((task) => !plan.archive.includes(task.id))
      .map((task) => (ordered.has(task.id) ? toldToStop(task) : task)),
  };
}

const toldToStop = (task: Task): Task => ({
  ...task,
  desiredStatus: "STOPPED",
  stopCode: "ServiceSchedulerInitiated",
});

/** Planned starts become PENDING tasks while there is room; the others are told why not. */
function place(world: ServiceWorld): ServiceWorld {
  const missing = world.service.plannedStarts.filter(
    (start) => !world.tasks.some((task) => task.id === start.taskId),
  );
  const held = world.tasks.filter((task) => task.lastStatus !== "STOPPED").length;
  const room = Math.max(0, world.slots - held);
  const full = [{ containerInstanceId: instanceId(1), reason: "RESOURCE:CPU", detail: "" }];
  return {
    ...world,
    tasks: [...world.tasks, ...missing.slice(0, room).map((start) => newTask(world, start))],
    placementFailures: Object.fromEntries(
      missing.slice(room).map((start) => [start.taskId, full] as const),
    ),
  };
}

function newTask({ service, now }: ServiceWorld, start: PlannedStart): Task {
  const { taskId: id, deploymentId } = start;
  const number = Number.parseInt(id.slice(-2), 16);
  const source = taskSourcesOf(service).find((each) => each.id === deploymentId);
  return {
    cluster: service.cluster,
    id,
    taskDefinition: source?.taskDefinition ?? service.taskDefinition ?? "",
    group: `service:${service.name}`,
    startedBy: deploymentId,
    containerInstanceId: start.containerInstanceId ?? instanceId(1 + (number % 3)),
    availabilityZone: start.availabilityZone ?? (number % 3 === 0 ? "a" : "b"),
    launchType: "EC2",
    desiredStatus: "RUNNING",
    lastStatus: "PENDING",
    createdAt: now,
    cpuUnits: 0,
    memoryMiB: 0,
    containers: [{ name: "main", id: "", lastStatus: "PENDING" }],
    history: [],
  };
}

/** What can happen to a task between two passes. */
export type Incident = keyof typeof INCIDENTS;

const PROTECTION_MS = 5_000;

const isRunning = (task: Task): boolean => task.lastStatus === "RUNNING";

/** As it is told, or by a misfortune. `advance` also heals. */
const INCIDENTS = {
  advance: (task: Task, now: number): Task =>
    task.desiredStatus === "STOPPED" || task.lastStatus === "STOPPING"
      ? stopped(task, now)
      : running(task, now),
  fail: (task: Task, now: number): Task => stopped(task, now),
  exit: (task: Task, now: number): Task =>
    isRunning(task) ? stopped(task, now, "EssentialContainerExited") : task,
  sicken: (task: Task): Task => (isRunning(task) ? withHealthStatus(task, "UNHEALTHY") : task),
  drain: (task: Task): Task => ({ ...task, draining: true }),
  protect: (task: Task, now: number): Task =>
    task.desiredStatus === "RUNNING" ? { ...task, protectedUntil: now + PROTECTION_MS } : task,
  stop: (task: Task): Task => ({ ...task, desiredStatus: "STOPPED", stopCode: "UserInitiated" }),
  nothing: (task: Task): Task => task,
};

/** One task goes on. */
export const happen = (task: Task, incident: Incident, now: number): Task =>
  task.lastStatus === "STOPPED" ? task : INCIDENTS[incident](task, now);

const running = (task: Task, now: number): Task =>
  withHealthStatus({ ...task, lastStatus: "RUNNING", startedAt: task.startedAt ?? now }, "HEALTHY");

const stopped = (task: Task, now: number, stopCode: StopCode = "TaskFailedToStart"): Task => ({
  ...task,
  lastStatus: "STOPPED",
  desiredStatus: "STOPPED",
  stoppedAt: now,
  stopCode: task.stopCode ?? stopCode,
});

const withHealthStatus = (task: Task, healthStatus: "HEALTHY" | "UNHEALTHY"): Task => ({
  ...task,
  containers: task.containers.map((container) => ({ ...container, healthStatus })),
});
