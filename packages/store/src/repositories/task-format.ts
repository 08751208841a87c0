import type { Cause, HistoryEntry, NetworkBinding, Task, TaskContainer } from "@berth/domain/task";

/**
 * What a task stores in short, so that one container's task stays below 1 KiB, the unit of writing,
 * also once it stopped: lists in place of objects whose names would outweigh their values.
 */
export interface CompactTask {
  readonly containers: readonly CompactContainer[];
  readonly history: readonly CompactEntry[];
}

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

export function encodeTask({ containers, history, startedBy }: Task): CompactTask {
  return {
    containers: containers.map(encodeContainer),
    history: history.map((entry) => encodeEntry(entry, startedBy)),
  };
}

/** Expects what `encodeTask` made of a task with this `startedBy`. */
export function decodeTask(
  { containers, history }: CompactTask,
  startedBy: string | undefined,
): Pick<Task, "containers" | "history"> {
  return {
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
