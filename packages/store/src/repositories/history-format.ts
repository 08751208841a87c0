import type { Cause, HistoryEntry } from "@berth/domain/task";

/** `[at, to, kind of the cause, …its members]`: a task holds several and is to stay below 1 KiB. */
export type CompactEntry = readonly [number, string, Cause["kind"], ...(readonly string[])];

export function encodeEntry({ at, to, cause }: HistoryEntry): CompactEntry {
  switch (cause.kind) {
    case "api":
      return [at, to, cause.kind, cause.operation, cause.requestId];
    case "deployment":
      return [at, to, cause.kind, cause.id];
    case "controlPlane":
      return [at, to, cause.kind, cause.reason];
    case "agent":
      return [at, to, cause.kind];
  }
}

export function decodeEntry([at, to, kind, first = "", second = ""]: CompactEntry): HistoryEntry {
  return { at, to, cause: causeOf(kind, first, second) };
}

function causeOf(kind: Cause["kind"], first: string, second: string): Cause {
  switch (kind) {
    case "api":
      return { kind, operation: first, requestId: second };
    case "deployment":
      return { kind, id: first };
    case "controlPlane":
      return { kind, reason: first };
    case "agent":
      return { kind };
  }
}
