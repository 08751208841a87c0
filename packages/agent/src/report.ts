import type { NetworkBinding } from "@berth/domain/task";
import { isInternal } from "./pause.ts";
import { definitionOf, isAtLeast, isStopped } from "./state.ts";
import type { ContainerState, ManagedTask } from "./state.ts";
import { addressAmong, interfaceOf } from "./task-network.ts";

export interface ContainerStateChange {
  readonly containerName: string;
  readonly status: "RUNNING" | "STOPPED";
  readonly runtimeId?: string;
  readonly imageDigest?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly networkBindings?: readonly NetworkBinding[];
}

/** What one SubmitTaskStateChange says. Times are epoch ms. */
export interface TaskStateChange {
  readonly taskArn: string;
  readonly status: "RUNNING" | "STOPPED";
  readonly reason?: string;
  readonly containers: readonly ContainerStateChange[];
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  readonly executionStoppedAt?: number;
  /** The task's own network interface, once it has one. */
  readonly attachment?: AttachmentStateChange;
}

export interface AttachmentStateChange {
  readonly attachmentArn: string;
  readonly address: string;
}

/** The API refuses longer ones. */
const MAX_REASON_LENGTH = 1_024;

/**
 * The next thing the control plane has not accepted yet, or undefined. RUNNING comes before STOPPED
 * even where both are due, so that a short task is known to have run; a container that ends while
 * its task goes on is told with the task still RUNNING.
 */
export function nextReport(task: ManagedTask): TaskStateChange | undefined {
  const { status } = task.reported;
  if (status === "STOPPED") return undefined;
  if (status === "NONE" && hasRun(task)) return changeOf(task, "RUNNING");
  if (isStopped(task)) return changeOf(task, "STOPPED");
  const goesOn = status === "RUNNING" && task.desiredStatus === "RUNNING";
  return goesOn && unreportedStops(task).length > 0 ? changeOf(task, "RUNNING") : undefined;
}

/** The task's record of what was accepted, once this was. */
export function withAccepted(task: ManagedTask, change: TaskStateChange): ManagedTask {
  const stopped = change.containers.filter(({ status }) => status === "STOPPED");
  const names = stopped.map(({ containerName }) => containerName);
  return {
    ...task,
    reporting: false,
    reported: {
      status: change.status,
      stoppedContainers: [...new Set([...task.reported.stoppedContainers, ...names])],
    },
  };
}

const hasRun = (task: ManagedTask): boolean =>
  task.containers.every(({ phase }) => isAtLeast(phase, "RUNNING")) &&
  // That the agent's own container has started says nothing of the task's.
  task.containers.filter(isTold).some(({ startedAt }) => startedAt !== undefined);

const unreportedStops = (task: ManagedTask): readonly ContainerState[] =>
  task.containers
    .filter(isTold)
    .filter(
      ({ phase, name }) => phase === "STOPPED" && !task.reported.stoppedContainers.includes(name),
    );

function changeOf(task: ManagedTask, status: "RUNNING" | "STOPPED"): TaskStateChange {
  const isInterim = status === "RUNNING" && task.reported.status === "RUNNING";
  const told = (isInterim ? unreportedStops(task) : task.containers).filter(isTold);
  const reason = task.reason ?? internalReason(task);
  const executionStoppedAt = status === "STOPPED" ? executionEnd(task) : undefined;
  const attachment = attachmentOf(task);
  return {
    taskArn: task.arn,
    status,
    containers: told.map(containerChange),
    ...(reason !== undefined && { reason: reason.slice(0, MAX_REASON_LENGTH) }),
    ...(task.pullStartedAt !== undefined && { pullStartedAt: task.pullStartedAt }),
    ...(task.pullStoppedAt !== undefined && { pullStoppedAt: task.pullStoppedAt }),
    ...(executionStoppedAt !== undefined && { executionStoppedAt }),
    ...(attachment && { attachment }),
  };
}

function attachmentOf({ payload, containers }: ManagedTask): AttachmentStateChange | undefined {
  const { attachmentArn } = interfaceOf(payload) ?? {};
  const address = addressAmong(containers);
  return attachmentArn !== undefined && address !== undefined
    ? { attachmentArn, address }
    : undefined;
}

const isTold = ({ name }: ContainerState): boolean => !isInternal(name);

/** Nobody sees the agent's own containers: what keeps them from running keeps the task from it. */
const internalReason = ({ containers }: ManagedTask): string | undefined =>
  containers.find(({ name, reason }) => isInternal(name) && reason !== undefined)?.reason;

function containerChange(container: ContainerState): ContainerStateChange {
  const { name, phase, dockerId, imageDigest, exitCode, reason, networkBindings } = container;
  return {
    containerName: name,
    status: phase === "STOPPED" ? "STOPPED" : "RUNNING",
    ...(dockerId !== undefined && { runtimeId: dockerId }),
    ...(imageDigest !== undefined && { imageDigest }),
    ...(exitCode !== undefined && { exitCode }),
    ...(reason !== undefined && { reason: reason.slice(0, MAX_REASON_LENGTH) }),
    ...(networkBindings !== undefined && { networkBindings }),
  };
}

/** When the first essential container ended: from then on the task was only being stopped. */
function executionEnd(task: ManagedTask): number | undefined {
  const ends = task.containers
    .filter(({ name }) => definitionOf(task, name)?.essential)
    .flatMap(({ finishedAt }) => (finishedAt === undefined ? [] : [finishedAt]));
  return ends.length === 0 ? undefined : Math.min(...ends);
}
