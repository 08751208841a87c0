import type { TaskAttachment } from "@berth/domain/awsvpc";
import type { Cause, HistoryEntry, NetworkBinding, Task, TaskContainer } from "@berth/domain/task";
import type { StopCode, TaskStatus } from "@berth/domain/task-status";
import { hasRun, stopOf } from "./stop-reasons.ts";

export interface ContainerReport {
  readonly containerName: string;
  readonly status: "PENDING" | "RUNNING" | "STOPPED";
  readonly runtimeId?: string;
  readonly exitCode?: number;
  readonly imageDigest?: string;
  readonly reason?: string;
  readonly networkBindings?: readonly NetworkBinding[];
}

/** What an agent says of a task (SubmitTaskStateChange, SubmitContainerStateChange). Times are epoch ms. */
export interface TaskReport {
  readonly status?: "PENDING" | "RUNNING" | "STOPPED";
  readonly reason?: string;
  /** In the order in which things happened: one container may be named twice. */
  readonly containers: readonly ContainerReport[];
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  readonly executionStoppedAt?: number;
  /** Of the task's network interface, once it has one. */
  readonly attachment?: Required<Pick<TaskAttachment, "id" | "address">>;
}

export interface StopOrder {
  readonly stopCode: StopCode;
  readonly reason: string;
  readonly cause: Cause;
}

type ReportedStatus = NonNullable<TaskReport["status"]>;

/**
 * Where each report takes a task from each state. Only ever forward; a plain task on an instance
 * knows three of ECS's states. Source: ECS developer guide, task lifecycle.
 */
export const TRANSITIONS: Readonly<
  Record<TaskStatus, Readonly<Record<ReportedStatus, TaskStatus | "ignored">>>
> = {
  PROVISIONING: { PENDING: "PENDING", RUNNING: "RUNNING", STOPPED: "STOPPED" },
  PENDING: { PENDING: "ignored", RUNNING: "RUNNING", STOPPED: "STOPPED" },
  ACTIVATING: { PENDING: "ignored", RUNNING: "RUNNING", STOPPED: "STOPPED" },
  RUNNING: { PENDING: "ignored", RUNNING: "ignored", STOPPED: "STOPPED" },
  DEACTIVATING: { PENDING: "ignored", RUNNING: "ignored", STOPPED: "STOPPED" },
  STOPPING: { PENDING: "ignored", RUNNING: "ignored", STOPPED: "STOPPED" },
  DEPROVISIONING: { PENDING: "ignored", RUNNING: "ignored", STOPPED: "STOPPED" },
  STOPPED: { PENDING: "ignored", RUNNING: "ignored", STOPPED: "ignored" },
};

const MAX_REASON_LENGTH = 1024;

/** `undefined` where the report changes nothing: late, repeated and reordered ones are no errors. */
export function applyReport(task: Task, report: TaskReport, now: number): Task | undefined {
  if (task.lastStatus === "STOPPED") return undefined;
  const containers = task.containers.map((container) => applyToContainer(container, report));
  const changed = containers.some((container, index) => container !== task.containers[index]);
  const next = report.status ? TRANSITIONS[task.lastStatus][report.status] : "ignored";
  const news = { ...newTimes(task, report), ...newAddress(task, report) };
  if (next === "ignored" && !changed && Object.keys(news).length === 0) return undefined;
  const reported: Task = { ...task, ...news, containers };
  if (next === "ignored") return reported;
  const history = told(task, next, { kind: "agent" }, now);
  const moved: Task = { ...reported, lastStatus: next, history };
  return next === "STOPPED" ? ended(moved, report, now) : begun(moved, next, now);
}

/** Sets `desiredStatus` STOPPED. `undefined` where it is already. */
export function orderStop(task: Task, order: StopOrder, now: number): Task | undefined {
  if (task.desiredStatus === "STOPPED") return undefined;
  return {
    ...task,
    desiredStatus: "STOPPED",
    stopCode: order.stopCode,
    stoppedReason: order.reason.slice(0, MAX_REASON_LENGTH),
    stoppingAt: now,
    history: told(task, "desired STOPPED", order.cause, now),
  };
}

/**
 * The one transition that is not the agent's: its instance is lost or deregistered by force, so the
 * control plane itself says STOPPED. `undefined` where it is already.
 */
export function loseTask(task: Task, order: StopOrder, now: number): Task | undefined {
  if (task.lastStatus === "STOPPED") return undefined;
  return {
    ...task,
    ...(task.desiredStatus === "RUNNING" && {
      stopCode: order.stopCode,
      stoppedReason: order.reason.slice(0, MAX_REASON_LENGTH),
    }),
    desiredStatus: "STOPPED",
    lastStatus: "STOPPED",
    stoppingAt: task.stoppingAt ?? now,
    stoppedAt: now,
    containers: task.containers.map((container) => ({ ...container, lastStatus: "STOPPED" })),
    history: told(task, "STOPPED", order.cause, now),
  };
}

const told = (task: Task, to: string, cause: Cause, at: number): readonly HistoryEntry[] => [
  ...task.history,
  { at, to, cause },
];

const CONTAINER_RANK = { PENDING: 0, RUNNING: 1, STOPPED: 2 } as const;

/** The very same container where nothing is new. */
function applyToContainer(container: TaskContainer, report: TaskReport): TaskContainer {
  return report.containers
    .filter(({ containerName }) => containerName === container.name)
    .reduce(applyChange, container);
}

/**
 * What is told of an earlier state comes late and is dropped; what is told again of the same state
 * fills in only what is not known yet.
 */
function applyChange(container: TaskContainer, change: ContainerReport): TaskContainer {
  const step = CONTAINER_RANK[change.status] - CONTAINER_RANK[container.lastStatus];
  if (step < 0) return container;
  const told = toldOf(change);
  if (step > 0) return { ...container, ...told, lastStatus: change.status };
  const isNews = Object.keys(told).some((member) => !(member in container));
  return isNews ? { ...told, ...container } : container;
}

function toldOf(change: ContainerReport): Partial<TaskContainer> {
  const { runtimeId, exitCode, imageDigest, reason, networkBindings = [] } = change;
  return {
    ...(runtimeId !== undefined && { runtimeId }),
    ...(exitCode !== undefined && change.status === "STOPPED" && { exitCode }),
    ...(imageDigest !== undefined && { imageDigest }),
    ...(reason && { reason: reason.slice(0, MAX_REASON_LENGTH) }),
    ...(networkBindings.length > 0 && { networkBindings }),
  };
}

function newTimes(task: Task, report: TaskReport): Partial<Task> {
  const { pullStartedAt, pullStoppedAt, executionStoppedAt } = report;
  return {
    ...(task.pullStartedAt === undefined && pullStartedAt !== undefined && { pullStartedAt }),
    ...(task.pullStoppedAt === undefined && pullStoppedAt !== undefined && { pullStoppedAt }),
    ...(task.executionStoppedAt === undefined &&
      executionStoppedAt !== undefined && { executionStoppedAt }),
  };
}

/** An interface keeps its address as long as its task lives: the first that is told is it. */
function newAddress(
  { attachment }: Task,
  { attachment: told }: TaskReport,
): Pick<Task, "attachment"> {
  if (!attachment || attachment.address !== undefined || told?.id !== attachment.id) return {};
  return { attachment: { ...attachment, address: told.address } };
}

function begun(task: Task, status: TaskStatus, now: number): Task {
  return status === "RUNNING" ? { ...task, startedAt: task.startedAt ?? now } : task;
}

/** What an earlier order says of the end stands; otherwise the containers tell it. */
function ended(task: Task, report: TaskReport, now: number): Task {
  const hasStarted = task.startedAt !== undefined || task.containers.every(hasRun);
  const end: Task = {
    ...task,
    containers: task.containers.map((container) => ({ ...container, lastStatus: "STOPPED" })),
    desiredStatus: "STOPPED",
    stoppingAt: task.stoppingAt ?? report.executionStoppedAt ?? now,
    stoppedAt: now,
    // A short task may be over before its RUNNING was told. It was RUNNING only if all of it ran:
    // else a sidecar that starts each time would hide from the throttle that the rest never does.
    ...(hasStarted && { startedAt: task.startedAt ?? report.pullStoppedAt ?? task.createdAt }),
  };
  return task.desiredStatus === "STOPPED" ? end : { ...end, ...stopOf(end, report) };
}
