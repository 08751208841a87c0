import type { Cause, HistoryEntry, NetworkBinding, Task, TaskContainer } from "@berth/domain/task";

/**
 * A task in short, so that one of a single container stays below 1 KiB, the unit of writing, also
 * once it stopped: lists in place of objects whose names would outweigh their values, and nothing
 * said twice.
 */
export type CompactTask = Omit<
  Task,
  "cluster" | "id" | "containers" | "history" | "launchType" | "desiredStatus"
> & {
  readonly containers: readonly CompactContainer[];
  readonly history: readonly CompactEntry[];
  /** Left out where it is the usual one. */
  readonly launchType?: Task["launchType"];
  /** Left out where it is `lastStatus`. */
  readonly desiredStatus?: Task["desiredStatus"];
};

const USUAL_LAUNCH_TYPE = "EC2";

type CompactContainer = Omit<TaskContainer, "networkBindings"> & {
  readonly networkBindings?: readonly CompactBinding[];
};

/** `[bindIP, containerPort, hostPort, protocol]` */
type CompactBinding = readonly [
  string | null,
  number | null,
  number | null,
  NetworkBinding["protocol"] | null,
];

/** `[at, to, kind of the cause, …its members]`; a deployment's id is left out if it is `startedBy`. */
type CompactEntry = readonly [number, string, Cause["kind"], ...(readonly string[])];

/** Without cluster and id, which the key tells. */
export function encodeTask(task: Task): CompactTask {
  const { cluster: _, id: _1, launchType, desiredStatus, containers, history, ...members } = task;
  return {
    ...members,
    ...(launchType !== USUAL_LAUNCH_TYPE && { launchType }),
    ...(desiredStatus !== task.lastStatus && { desiredStatus }),
    containers: containers.map(encodeContainer),
    history: history.map((entry) => encodeEntry(entry, task.startedBy)),
  };
}

/** Expects what `encodeTask` made. */
export function decodeTask(compact: CompactTask): Omit<Task, "cluster" | "id"> {
  const { containers, history, startedBy, lastStatus } = compact;
  return {
    launchType: USUAL_LAUNCH_TYPE,
    /** There is one for RUNNING and STOPPED only: any other status is never left out. */
    desiredStatus: lastStatus === "STOPPED" ? "STOPPED" : "RUNNING",
    ...compact,
    containers: containers.map(decodeContainer),
    history: history.map((entry) => decodeEntry(entry, startedBy)),
  };
}

function encodeContainer({ networkBindings, ...container }: TaskContainer): CompactContainer {
  return networkBindings
    ? { ...container, networkBindings: networkBindings.map(encodeBinding) }
    : container;
}

function decodeContainer({ networkBindings, ...container }: CompactContainer): TaskContainer {
  return networkBindings
    ? { ...container, networkBindings: networkBindings.map(decodeBinding) }
    : container;
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
      return [at, to, cause.kind, cause.operation, cause.requestId];
    case "deployment":
      return [at, to, cause.kind, ...(cause.id === startedBy ? [] : [cause.id])];
    case "controlPlane":
      return [at, to, cause.kind, cause.reason];
    case "agent":
      return [at, to, cause.kind];
  }
}

function decodeEntry(
  [at, to, kind, first, second = ""]: CompactEntry,
  startedBy = "",
): HistoryEntry {
  switch (kind) {
    case "api":
      return { at, to, cause: { kind, operation: first ?? "", requestId: second } };
    case "deployment":
      return { at, to, cause: { kind, id: first ?? startedBy } };
    case "controlPlane":
      return { at, to, cause: { kind, reason: first ?? "" } };
    case "agent":
      return { at, to, cause: { kind } };
  }
}
