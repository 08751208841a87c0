import type { NetworkBinding, Task, TaskContainer } from "@berth/domain/task";
import { type CompactEntry, decodeEntry, encodeEntry } from "./history-format.ts";
import { decodePlacement, encodePlacement } from "./placement-format.ts";

/**
 * A task in short, so that one of a single container stays below 1 KiB, the unit of writing, also
 * once it stopped: lists in place of objects whose names would outweigh their values, and nothing
 * said twice.
 */
export type CompactTask = Omit<
  Task,
  "cluster" | "id" | "containers" | "history" | "launchType" | "desiredStatus" | "placement"
> & {
  readonly containers: readonly CompactContainer[];
  readonly history: readonly CompactEntry[];
  /** Left out where it is the usual one. */
  readonly launchType?: Task["launchType"];
  /** Left out where it is `lastStatus`. */
  readonly desiredStatus?: Task["desiredStatus"];
  readonly placement?: string;
};

const USUAL_LAUNCH_TYPE = "EC2";

/** What a service's tasks are told when they stop, save for a few: left out, being long. */
const usualReason = ({ startedBy, stopCode }: Pick<Task, "startedBy" | "stopCode">) =>
  stopCode === "ServiceSchedulerInitiated" && startedBy !== undefined
    ? `Scaling activity initiated by (deployment ${startedBy})`
    : undefined;

type CompactContainer = Omit<TaskContainer, "networkBindings" | "lastStatus"> & {
  /** Left out where it is the task's. */
  readonly lastStatus?: TaskContainer["lastStatus"];
  readonly networkBindings?: readonly CompactBinding[];
};

/** `[bindIP, containerPort, hostPort, protocol]`, with ranges instead of ports where it is one of those. */
type CompactBinding = readonly [
  string | null,
  number | string | null,
  number | string | null,
  NetworkBinding["protocol"] | null,
];

/** Without cluster and id, which the key tells. */
export function encodeTask(task: Task): CompactTask {
  const {
    cluster: _,
    id: _1,
    placement,
    launchType,
    desiredStatus,
    stoppedReason,
    ...members
  } = task;
  return {
    ...members,
    ...(placement && { placement: encodePlacement(placement) }),
    ...(launchType !== USUAL_LAUNCH_TYPE && { launchType }),
    ...(desiredStatus !== task.lastStatus && { desiredStatus }),
    ...(stoppedReason !== undefined && stoppedReason !== usualReason(task) && { stoppedReason }),
    containers: task.containers.map((container) => encodeContainer(container, task)),
    history: task.history.map((entry) => encodeEntry(entry, task.startedBy)),
  };
}

/** Expects what `encodeTask` made. */
export function decodeTask(compact: CompactTask): Omit<Task, "cluster" | "id"> {
  const { placement, ...members } = compact;
  const { containers, history, startedBy, lastStatus } = members;
  const stoppedReason = members.stoppedReason ?? usualReason(members);
  return {
    launchType: USUAL_LAUNCH_TYPE,
    /** There is one for RUNNING and STOPPED only: any other status is never left out. */
    desiredStatus: lastStatus === "STOPPED" ? "STOPPED" : "RUNNING",
    ...members,
    ...(stoppedReason !== undefined && { stoppedReason }),
    ...(placement !== undefined && { placement: decodePlacement(placement) }),
    containers: containers.map((container) => decodeContainer(container, lastStatus)),
    history: history.map((entry) => decodeEntry(entry, startedBy)),
  };
}

function encodeContainer(container: TaskContainer, task: Task): CompactContainer {
  const { networkBindings, lastStatus, ...members } = container;
  return {
    ...members,
    ...(lastStatus !== task.lastStatus && { lastStatus }),
    ...(networkBindings && { networkBindings: networkBindings.map(encodeBinding) }),
  };
}

function decodeContainer(
  { networkBindings, lastStatus, ...members }: CompactContainer,
  taskStatus: Task["lastStatus"],
): TaskContainer {
  return {
    ...members,
    /** Only a status that a container can have is ever left out. */
    lastStatus: lastStatus ?? (taskStatus as TaskContainer["lastStatus"]),
    ...(networkBindings && { networkBindings: networkBindings.map(decodeBinding) }),
  };
}

const encodeBinding = (binding: NetworkBinding): CompactBinding => [
  binding.bindIP ?? null,
  binding.containerPort ?? binding.containerPortRange ?? null,
  binding.hostPort ?? binding.hostPortRange ?? null,
  binding.protocol ?? null,
];

const decodeBinding = ([
  bindIP,
  containerPort,
  hostPort,
  protocol,
]: CompactBinding): NetworkBinding => ({
  ...(bindIP !== null && { bindIP }),
  ...(typeof containerPort === "number" && { containerPort }),
  ...(typeof containerPort === "string" && { containerPortRange: containerPort }),
  ...(typeof hostPort === "number" && { hostPort }),
  ...(typeof hostPort === "string" && { hostPortRange: hostPort }),
  ...(protocol && { protocol }),
});
