import type { HistoryEntry, NetworkBinding, Task, TaskContainer } from "@berth/domain/task";
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

type CompactContainer = Omit<TaskContainer, "networkBindings" | "lastStatus"> & {
  /** Left out where it is the task's. */
  readonly lastStatus?: TaskContainer["lastStatus"];
  readonly networkBindings?: readonly CompactBinding[];
};

/** `[bindIP, containerPort, hostPort, protocol]` */
type CompactBinding = readonly [
  string | null,
  number | null,
  number | null,
  NetworkBinding["protocol"] | null,
];

/** `[at, to, code of the cause, …its members]`; a deployment's id is left out if it is `startedBy`. */
type CompactEntry = readonly [number, string, CauseCode, ...(readonly string[])];

/** `P`: the control plane. */
type CauseCode = "R" | "D" | "P" | "A";

/** Without cluster and id, which the key tells. */
export function encodeTask(task: Task): CompactTask {
  const { cluster: _, id: _1, placement, launchType, desiredStatus, ...members } = task;
  return {
    ...members,
    ...(placement && { placement: encodePlacement(placement) }),
    ...(launchType !== USUAL_LAUNCH_TYPE && { launchType }),
    ...(desiredStatus !== task.lastStatus && { desiredStatus }),
    containers: task.containers.map((container) => encodeContainer(container, task)),
    history: task.history.map((entry) => encodeEntry(entry, task.startedBy)),
  };
}

/** Expects what `encodeTask` made. */
export function decodeTask(compact: CompactTask): Omit<Task, "cluster" | "id"> {
  const { placement, ...members } = compact;
  const { containers, history, startedBy, lastStatus } = members;
  return {
    launchType: USUAL_LAUNCH_TYPE,
    /** There is one for RUNNING and STOPPED only: any other status is never left out. */
    desiredStatus: lastStatus === "STOPPED" ? "STOPPED" : "RUNNING",
    ...members,
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
  binding.containerPort ?? null,
  binding.hostPort ?? null,
  binding.protocol ?? null,
];

const decodeBinding = ([
  bindIP,
  containerPort,
  hostPort,
  protocol,
]: CompactBinding): NetworkBinding => ({
  ...(bindIP !== null && { bindIP }),
  ...(containerPort !== null && { containerPort }),
  ...(hostPort !== null && { hostPort }),
  ...(protocol && { protocol }),
});

function encodeEntry({ at, to, cause }: HistoryEntry, startedBy: string | undefined): CompactEntry {
  switch (cause.kind) {
    case "api":
      return [at, to, "R", cause.operation, cause.requestId, cause.principalArn];
    case "deployment":
      return [at, to, "D", ...(cause.id === startedBy ? [] : [cause.id])];
    case "controlPlane":
      return [at, to, "P", cause.reason];
    case "agent":
      return [at, to, "A"];
  }
}

function decodeEntry(
  [at, to, code, first, second = "", third = ""]: CompactEntry,
  startedBy = "",
): HistoryEntry {
  switch (code) {
    case "R":
      return {
        at,
        to,
        cause: { kind: "api", operation: first ?? "", requestId: second, principalArn: third },
      };
    case "D":
      return { at, to, cause: { kind: "deployment", id: first ?? startedBy } };
    case "P":
      return { at, to, cause: { kind: "controlPlane", reason: first ?? "" } };
    case "A":
      return { at, to, cause: { kind: "agent" } };
  }
}
