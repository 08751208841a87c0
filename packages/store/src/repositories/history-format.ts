import type { Cause, HistoryEntry } from "@berth/domain/task";

/** `[at, to, code of the cause, …its members]`; an id is left out if it is that of `startedBy`. */
export type CompactEntry = readonly [number, string, CauseCode, ...(readonly string[])];

/** `R`: a request; `U`: one of an operation with a long name; `P`: the control plane; `S`: a task set. */
type CauseCode = "R" | "U" | "D" | "S" | "P" | "A";

const SOURCE_CODES = { deployment: "D", taskSet: "S" } as const;
const SOURCE_KINDS = { D: "deployment", S: "taskSet" } as const;

const LONG_OPERATION = "UpdateContainerInstancesState";

export function encodeEntry(
  { at, to, cause }: HistoryEntry,
  startedBy: string | undefined,
): CompactEntry {
  switch (cause.kind) {
    case "api": {
      const { operation, requestId, principalArn } = cause;
      return operation === LONG_OPERATION
        ? [at, to, "U", requestId, principalArn]
        : [at, to, "R", requestId, principalArn, operation];
    }
    case "deployment":
    case "taskSet":
      return [at, to, SOURCE_CODES[cause.kind], ...(cause.id === startedBy ? [] : [cause.id])];
    case "controlPlane":
      return [at, to, "P", cause.reason];
    case "agent":
      return [at, to, "A"];
  }
}

/** Expects what `encodeEntry` made. */
export const decodeEntry = (
  [at, to, code, ...members]: CompactEntry,
  startedBy = "",
): HistoryEntry => ({
  at,
  to,
  cause:
    code === "D" || code === "S"
      ? { kind: SOURCE_KINDS[code], id: members[0] ?? startedBy }
      : decodeCause(code, members),
});

function decodeCause(
  code: Exclude<CauseCode, "D" | "S">,
  [first, principalArn = "", operation = LONG_OPERATION]: readonly string[],
): Cause {
  switch (code) {
    case "R":
    case "U":
      return { kind: "api", operation, requestId: first ?? "", principalArn };
    case "P":
      return { kind: "controlPlane", reason: first ?? "" };
    case "A":
      return { kind: "agent" };
  }
}
