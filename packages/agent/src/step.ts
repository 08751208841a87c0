import { dependencyState, hasRunningDependent, startDeadline } from "./dependencies.ts";
import type { Operation, OperationKind } from "./operation.ts";
import { nextReport } from "./report.ts";
import { definitionOf, isAtLeast } from "./state.ts";
import type { AgentState, ContainerState, ManagedTask, StepSettings } from "./state.ts";

/**
 * Everything that may be done now, the most urgent first: reports and stops, then what brings a
 * begun task to RUNNING, then what begins one, and cleaning up last. Nothing is due twice: what was
 * begun is marked so in the state. An empty step means that the agent waits or is done.
 */
export function step(state: AgentState, settings: StepSettings, now: number): readonly Operation[] {
  const due = [...state.tasks.values()].flatMap((task) => stepTask(task, settings, now));
  return due.toSorted((a, b) => URGENCY[a.kind] - URGENCY[b.kind]);
}

/** Epoch ms at which time alone will make something due, or undefined. */
export function nextWakeAt(
  state: AgentState,
  settings: StepSettings,
  now: number,
): number | undefined {
  const times = [...state.tasks.values()]
    .flatMap((task) => wakeTimes(task, settings))
    .filter((at) => at > now);
  return times.length === 0 ? undefined : Math.min(...times);
}

const URGENCY: Readonly<Record<OperationKind, number>> = {
  report: 0,
  stop: 1,
  start: 2,
  create: 3,
  ensureVolumes: 4,
  fetchSources: 5,
  pull: 6,
  clean: 7,
};

function stepTask(task: ManagedTask, settings: StepSettings, now: number): readonly Operation[] {
  const change = task.reporting ? undefined : nextReport(task);
  return [
    ...(change ? [{ kind: "report" as const, change }] : []),
    ...(task.desiredStatus === "RUNNING" ? stepUp(task, now) : stepDown(task, settings, now)),
    ...stopStrays(task, settings, now),
    ...(isCleanupDue(task, settings, now) ? [{ kind: "clean" as const, taskArn: task.arn }] : []),
  ];
}

/** Towards RUNNING: each idle container takes its next step. */
function stepUp(task: ManagedTask, now: number): readonly Operation[] {
  if (!task.recorded || !task.admitted) return [];
  const operations = task.containers
    .filter(({ busy }) => busy === undefined)
    .flatMap((container) => nextForContainer(task, container, now) ?? []);
  return [...nextForTask(task), ...operations];
}

/** What all its containers wait for. */
function nextForTask({ arn, volumes, sources, containers }: ManagedTask): readonly Operation[] {
  const isMade = containers.every(({ phase }) => isAtLeast(phase, "CREATED"));
  return [
    ...(volumes === "NONE" ? [{ kind: "ensureVolumes" as const, taskArn: arn }] : []),
    ...(sources === "NONE" && !isMade ? [{ kind: "fetchSources" as const, taskArn: arn }] : []),
  ];
}

function nextForContainer(
  task: ManagedTask,
  { name, phase, dockerId, down }: ContainerState,
  now: number,
): Operation | undefined {
  const container = { taskArn: task.arn, name };
  switch (phase) {
    case "NONE":
      return mayPull(task, name, now)
        ? { kind: "pull", container, image: definitionOf(task, name)?.image ?? "" }
        : undefined;
    case "PULLED":
      return hasAll(task) ? { kind: "create", container } : undefined;
    case "CREATED":
      return dockerId === undefined ? undefined : { kind: "start", container, dockerId };
    case "RUNNING":
      return down && { kind: "start", container, dockerId: down.dockerId };
    case "STOPPED":
      return undefined;
  }
}

/** An image that needs a login waits for it. */
const mayPull = (task: ManagedTask, name: string, now: number): boolean =>
  (task.sources === "READY" || !definitionOf(task, name)?.registryAuthentication) &&
  dependencyState(task, name, now).kind === "met";

const hasAll = ({ volumes, sources }: ManagedTask): boolean =>
  volumes === "READY" && sources === "READY";

/** Towards STOPPED: a container stops once all that was started because of it has stopped. */
function stepDown(task: ManagedTask, settings: StepSettings, now: number): readonly Operation[] {
  return task.containers
    .filter(({ phase, name }) => phase === "RUNNING" && !hasRunningDependent(task, name))
    .flatMap((container) => stopOf(task, container, { settings, now }));
}

/** What runs although it was given up, even where its task goes on. */
const stopStrays = (task: ManagedTask, settings: StepSettings, now: number): readonly Operation[] =>
  task.containers
    .filter(({ phase, stray }) => phase === "STOPPED" && stray)
    .flatMap((container) => stopOf(task, container, { settings, now }));

function stopOf(
  task: ManagedTask,
  { name, busy, dockerId, retryAt = 0 }: ContainerState,
  { settings, now }: { readonly settings: StepSettings; readonly now: number },
): readonly Operation[] {
  if (busy !== undefined || dockerId === undefined || now < retryAt) return [];
  const seconds = definitionOf(task, name)?.stopTimeout;
  const timeoutMs = seconds === undefined ? settings.stopTimeoutMs : seconds * 1_000;
  return [{ kind: "stop", container: { taskArn: task.arn, name }, dockerId, timeoutMs }];
}

/** Only what the control plane knows to be STOPPED is removed: until then it may have to be told again. */
function isCleanupDue(task: ManagedTask, settings: StepSettings, now: number): boolean {
  const at = cleanupAt(task, settings);
  return at !== undefined && now >= at;
}

function cleanupAt(task: ManagedTask, { cleanupWaitMs }: StepSettings): number | undefined {
  if (task.cleaning || task.reported.status !== "STOPPED" || task.stoppedAt === undefined) {
    return undefined;
  }
  return Math.max(task.stoppedAt + cleanupWaitMs, task.cleanupRetryAt ?? 0);
}

function wakeTimes(task: ManagedTask, settings: StepSettings): readonly number[] {
  const cleanup = cleanupAt(task, settings);
  const waits =
    task.desiredStatus === "RUNNING" && task.containers.some(({ phase }) => phase === "NONE");
  return [
    ...(cleanup === undefined ? [] : [cleanup]),
    ...task.containers.flatMap((container) => {
      if (task.desiredStatus === "STOPPED" || container.stray) return retryTime(container);
      const deadline = waits ? startDeadline(task, container) : undefined;
      return deadline === undefined ? [] : [deadline];
    }),
  ];
}

const retryTime = ({ phase, retryAt, stray }: ContainerState): readonly number[] =>
  (phase === "STOPPED" && !stray) || retryAt === undefined ? [] : [retryAt];
