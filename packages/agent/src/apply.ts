import type { PayloadTask } from "@berth/contracts/agent/messages";
import { admitWaiting } from "./admission.ts";
import { withClockSet } from "./clock.ts";
import { payloadDemand } from "./demand.ts";
import type { AgentEvent, ContainerEvent, InstanceEvent, PulledImage, TaskEvent } from "./event.ts";
import { idle, restartedAfter, strayed, withExit } from "./exit.ts";
import { applyObserved } from "./observe.ts";
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
  return admitWaiting(applyEvent(state, event, now), now);
}

function applyEvent(state: AgentState, event: AgentEvent, now: number): AgentState {
  if ("container" in event) {
    return mapTask(state, event.container.taskArn, (task) => {
      return settle(applyToContainer(task, event, now), now);
    });
  }
  if ("taskArn" in event) {
    return mapTask(state, event.taskArn, (task) => {
      const changed = applyToTask(task, event);
      return changed && settle(changed, now);
    });
  }
  // Nothing follows from a record alone: the engine may have gone on since it was written.
  if (event.kind === "taskRestored") return withTask(state, event.task);
  return settleAll(applyToInstance(state, event, now), now);
}

function applyToInstance(
  state: AgentState,
  event: Exclude<InstanceEvent, { kind: "taskRestored" }>,
  now: number,
): AgentState {
  switch (event.kind) {
    case "taskArrived":
      return arrive(state, event.task);
    case "taskRefused":
      return refuse(state, event.arn, event.reason);
    case "observed":
      return applyObserved(state, event.observation, now);
    case "clockSet":
      return withClockSet(state, event.byMs);
    case "tick":
      return state;
  }
}

/** Undefined: there is nothing left to know about it. */
function applyToTask(task: ManagedTask, event: TaskEvent): ManagedTask | undefined {
  switch (event.kind) {
    case "taskRecorded":
      return { ...task, recorded: true };
    case "stopOrdered":
      return { ...task, desiredStatus: "STOPPED" };
    case "begun":
      return begin(task, event.operation);
    case "volumesReady":
      return { ...task, volumes: "READY" };
    case "volumesFailed":
      return { ...givenUp(task, event.reason), volumes: "NONE" };
    case "sourcesReady":
      return { ...task, sources: "READY" };
    case "sourcesAwaited":
      return { ...task, sources: "NONE" };
    case "sourcesFailed":
      return { ...givenUp(task, event.reason), sources: "NONE" };
    case "reportAccepted":
      return withAccepted(task, event.change);
    case "cleaned":
      return undefined;
    case "cleanFailed":
      return { ...task, cleaning: false, cleanupRetryAt: event.retryAt };
  }
}

function applyToContainer(task: ManagedTask, event: ContainerEvent, now: number): ManagedTask {
  const changed = mapContainer(task, event.container.name, (container) =>
    event.kind === "exited"
      ? withExit(task, container, event.exit)
      : nextContainer(container, event, now),
  );
  return event.kind === "pulled" ? withPullTimes(changed, event.image) : changed;
}

function nextContainer(
  container: ContainerState,
  event: Exclude<ContainerEvent, { kind: "exited" }>,
  now: number,
): ContainerState {
  switch (event.kind) {
    case "pulled":
      return pull(container, event.image);
    case "created":
      return { ...idle(container), ...forward(container, "CREATED"), dockerId: event.dockerId };
    case "started": {
      const { startedAt, networkBindings } = event;
      const next = container.finishedAt === undefined ? "RUNNING" : "STOPPED";
      const run = { ...forward(container, next), startedAt, networkBindings };
      return { ...restartedAfter(idle(container)), ...run };
    }
    case "failed":
      return fail(container, event.reason, now);
    case "stopSent":
      return { ...idle(container), retryAt: event.retryAt };
    case "healthChanged":
      return { ...container, health: event.health };
    case "runs":
      return strayed(container, event.dockerId);
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
    case "fetchSources":
      return { ...task, sources: "BUSY" };
    case "report":
      return { ...task, reporting: true };
    case "clean":
      return { ...task, cleaning: true };
  }
}

/** A task that was stopped meanwhile does not wait for its pulls; what they bring is not used. */
function pull(container: ContainerState, { digest }: PulledImage): ContainerState {
  if (container.busy !== "pull") return container;
  const imageDigest = digest !== undefined && { imageDigest: digest };
  return { ...idle(container), ...forward(container, "PULLED"), ...imageDigest };
}

function withPullTimes(task: ManagedTask, { startedAt, stoppedAt }: PulledImage): ManagedTask {
  if (startedAt === undefined || stoppedAt === undefined) return task;
  return {
    ...task,
    pullStartedAt: Math.min(startedAt, task.pullStartedAt ?? startedAt),
    pullStoppedAt: Math.max(stoppedAt, task.pullStoppedAt ?? stoppedAt),
  };
}

/** Stopped because something that all its containers need cannot be had. */
const givenUp = (task: ManagedTask, reason: string): ManagedTask =>
  task.desiredStatus === "STOPPED" ? task : { ...task, desiredStatus: "STOPPED", reason };

function fail(container: ContainerState, reason: string, now: number): ContainerState {
  if (container.phase === "STOPPED") return idle(container);
  // The engine gives a container that it could not start an exit code; it never had one of its own.
  const { exitCode: _exitCode, down: _down, ...given } = idle(container);
  return { ...given, phase: "STOPPED", reason, finishedAt: now };
}

const forward = (
  { phase }: ContainerState,
  next: ContainerPhase,
): Pick<ContainerState, "phase"> => ({ phase: isAtLeast(phase, next) ? phase : next });

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

function mapTask(
  state: AgentState,
  taskArn: string,
  change: (task: ManagedTask) => ManagedTask | undefined,
): AgentState {
  const task = state.tasks.get(taskArn);
  if (!task) return state;
  const changed = change(task);
  if (changed) return withTask(state, changed);
  const tasks = new Map(state.tasks);
  tasks.delete(taskArn);
  return { ...state, tasks };
}

const settleAll = (state: AgentState, now: number): AgentState => ({
  ...state,
  tasks: new Map([...state.tasks].map(([arn, task]) => [arn, settle(task, now)])),
});
