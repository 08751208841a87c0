import type { PayloadTask } from "@berth/contracts/agent/messages";
import { admitWaiting } from "./admission.ts";
import { payloadDemand } from "./demand.ts";
import type { AgentEvent, ContainerExit, ContainerKey } from "./event.ts";
import { applyObserved } from "./observe.ts";
import { taskArnOf } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { withAccepted } from "./report.ts";
import { settle } from "./settle.ts";
import { isAtLeast, newTask } from "./state.ts";
import type { AgentState, ContainerPhase, ContainerState, ManagedTask } from "./state.ts";

/**
 * What the agent knows after an event. Late, repeated and reordered events are harmless: phases only
 * move forward and an outcome counts only while it is awaited.
 */
export function apply(state: AgentState, event: AgentEvent, now: number): AgentState {
  const changed = applyEvent(state, event, now);
  const settled =
    event.kind === "tick" || event.kind === "observed"
      ? mapTasks(changed, (task) => settle(task, now))
      : mapTask(changed, taskArnOfEvent(event), (task) => settle(task, now));
  return admitWaiting(settled, now);
}

function applyEvent(state: AgentState, event: AgentEvent, now: number): AgentState {
  switch (event.kind) {
    case "taskArrived":
      return arrive(state, event.task);
    case "taskRefused":
      return refuse(state, event.taskArn, event.reason);
    case "taskRestored":
      return withTask(state, event.task);
    case "stopOrdered":
      return mapTask(state, event.taskArn, (task) => ({ ...task, desiredStatus: "STOPPED" }));
    case "observed":
      return applyObserved(state, event.observation, now);
    case "cleaned":
      return withoutTask(state, event.taskArn);
    case "tick":
      return state;
    default:
      return mapTask(state, taskArnOfEvent(event), (task) => applyToTask(task, event, now));
  }
}

type TaskEvent = Exclude<
  AgentEvent,
  { kind: "taskArrived" | "taskRefused" | "taskRestored" | "stopOrdered" | "observed" | "cleaned" | "tick" }
>;

function applyToTask(task: ManagedTask, event: TaskEvent, now: number): ManagedTask {
  switch (event.kind) {
    case "taskRecorded":
      return { ...task, recorded: true };
    case "begun":
      return begin(task, event.operation);
    case "volumesReady":
      return { ...task, volumes: "READY" };
    case "volumesFailed":
      return failVolumes(task, event.reason);
    case "reportAccepted":
      return withAccepted(task, event.change);
    case "cleanFailed":
      return { ...task, cleaning: false, cleanupRetryAt: event.retryAt };
    case "pulled":
      return applyPulled(task, event);
    default:
      return mapContainer(task, event.container.name, (each) => applyToContainer(each, event, now));
  }
}

type ContainerEvent = Exclude<Extract<TaskEvent, { container: ContainerKey }>, { kind: "pulled" }>;

function applyToContainer(
  container: ContainerState,
  event: ContainerEvent,
  now: number,
): ContainerState {
  switch (event.kind) {
    case "created":
      return { ...idle(container), ...forward(container, "CREATED"), dockerId: event.dockerId };
    case "started": {
      const { startedAt, networkBindings } = event;
      const next = container.finishedAt === undefined ? "RUNNING" : "STOPPED";
      return { ...idle(container), ...forward(container, next), startedAt, networkBindings };
    }
    case "failed":
      return fail(container, event.reason, now);
    case "stopSent":
      return { ...idle(container), retryAt: event.retryAt };
    case "exited":
      return exit(container, event.exit);
    case "healthChanged":
      return { ...container, health: event.health };
  }
}

/** A known task is not started anew: its desired status only moves from RUNNING to STOPPED. */
function arrive(state: AgentState, payload: PayloadTask): AgentState {
  const known = state.tasks.get(payload.arn);
  if (!known) {
    return withTask(state, newTask(payload, payloadDemand(payload)));
  }
  return payload.desiredStatus === "STOPPED"
    ? withTask(state, { ...known, desiredStatus: "STOPPED" })
    : state;
}

function refuse(state: AgentState, taskArn: string, reason: string): AgentState {
  if (state.tasks.has(taskArn)) return state;
  const payload: PayloadTask = {
    arn: taskArn,
    desiredStatus: "STOPPED",
    family: "",
    version: "",
    containers: [],
    volumes: [],
  };
  return withTask(state, { ...newTask(payload, payloadDemand(payload)), reason });
}

function begin(task: ManagedTask, operation: Operation): ManagedTask {
  switch (operation.kind) {
    case "pull":
    case "create":
    case "start":
    case "stop":
      return mapContainer(task, operation.container.name, (container) => ({
        ...container,
        busy: operation.kind,
      }));
    case "ensureVolumes":
      return { ...task, volumes: "BUSY" };
    case "report":
      return { ...task, reporting: true };
    case "clean":
      return { ...task, cleaning: true };
  }
}

function applyPulled(
  task: ManagedTask,
  { container, image }: Extract<AgentEvent, { kind: "pulled" }>,
): ManagedTask {
  const { startedAt, stoppedAt, digest } = image;
  const pulled = mapContainer(task, container.name, (each) =>
    // A task that was stopped meanwhile does not wait for its pulls; what they bring is not used.
    each.busy === "pull"
      ? { ...idle(each), ...forward(each, "PULLED"), ...(digest !== undefined && { imageDigest: digest }) }
      : each,
  );
  if (startedAt === undefined || stoppedAt === undefined) return pulled;
  return {
    ...pulled,
    pullStartedAt: Math.min(startedAt, task.pullStartedAt ?? startedAt),
    pullStoppedAt: Math.max(stoppedAt, task.pullStoppedAt ?? stoppedAt),
  };
}

function failVolumes(task: ManagedTask, reason: string): ManagedTask {
  return { ...task, volumes: "NONE", desiredStatus: "STOPPED", reason: task.reason ?? reason };
}

function fail(container: ContainerState, reason: string, now: number): ContainerState {
  if (container.phase === "STOPPED") return idle(container);
  // The engine gives a container that it could not start an exit code; it never had one of its own.
  const { exitCode: _exitCode, ...given } = idle(container);
  return { ...given, phase: "STOPPED", reason, finishedAt: now };
}

/**
 * The first word on an exit counts: a container ends once. One that ends before its start was
 * answered waits for that answer, which says whether it ever ran.
 */
function exit(container: ContainerState, end: ContainerExit): ContainerState {
  if (container.phase === "STOPPED") return idle(container);
  if (container.busy === "start") return { ...container, ...end };
  return { startedAt: end.finishedAt, ...idle(container), ...end, phase: "STOPPED" };
}

function idle({ busy: _busy, retryAt: _retryAt, ...container }: ContainerState): ContainerState {
  return container;
}

const forward = (
  { phase }: ContainerState,
  next: ContainerPhase,
): Pick<ContainerState, "phase"> => ({ phase: isAtLeast(phase, next) ? phase : next });

function taskArnOfEvent(
  event: Exclude<AgentEvent, { kind: "observed" | "tick" }>,
): string {
  if ("taskArn" in event) return event.taskArn;
  if ("container" in event) return event.container.taskArn;
  if ("change" in event) return event.change.taskArn;
  if ("operation" in event) return taskArnOf(event.operation);
  return event.task.arn;
}

function mapContainer(
  task: ManagedTask,
  name: string,
  change: (container: ContainerState) => ContainerState,
): ManagedTask {
  return {
    ...task,
    containers: task.containers.map((each) => (each.name === name ? change(each) : each)),
  };
}

function withTask(state: AgentState, task: ManagedTask): AgentState {
  return { ...state, tasks: new Map(state.tasks).set(task.arn, task) };
}

function withoutTask(state: AgentState, taskArn: string): AgentState {
  const tasks = new Map(state.tasks);
  tasks.delete(taskArn);
  return { ...state, tasks };
}

function mapTask(
  state: AgentState,
  taskArn: string,
  change: (task: ManagedTask) => ManagedTask,
): AgentState {
  const task = state.tasks.get(taskArn);
  if (!task) return state;
  const changed = change(task);
  return changed === task ? state : withTask(state, changed);
}

function mapTasks(state: AgentState, change: (task: ManagedTask) => ManagedTask): AgentState {
  return { ...state, tasks: new Map([...state.tasks].map(([arn, task]) => [arn, change(task)])) };
}
