import type { ServiceChange } from "@berth/domain/service-change";
import { deploymentIdOf, revisionIdOf } from "@berth/domain/service-deployment";

/**
 * `[at, initial of the operation, requestId, principalArn, id of the service revision, desiredCount]`,
 * and, where it was about a task set, the digits of that and its scale.
 */
export type CompactChange = readonly [
  number,
  Initial,
  string,
  string,
  string | null,
  number | null,
  string?,
  number?,
];

/** In small letters what is done to a task set; `p`: another one is PRIMARY. */
type Initial = "C" | "U" | "D" | "c" | "u" | "p" | "d";

const OPERATIONS: Readonly<Record<Initial, ServiceChange["operation"]>> = {
  C: "CreateService",
  U: "UpdateService",
  D: "DeleteService",
  c: "CreateTaskSet",
  u: "UpdateTaskSet",
  p: "UpdateServicePrimaryTaskSet",
  d: "DeleteTaskSet",
};

const INITIALS: Readonly<Record<ServiceChange["operation"], Initial>> = {
  CreateService: "C",
  UpdateService: "U",
  DeleteService: "D",
  CreateTaskSet: "c",
  UpdateTaskSet: "u",
  UpdateServicePrimaryTaskSet: "p",
  DeleteTaskSet: "d",
};

/** In short, so that a service with one deployment stays below 1 KiB, the unit of writing. */
export function encodeChange(change: ServiceChange): CompactChange {
  const { deploymentId, taskSet } = change;
  const compact = [
    change.at,
    INITIALS[change.operation],
    change.requestId,
    change.principalArn,
    deploymentId === undefined ? null : revisionIdOf(deploymentId),
    change.desiredCount ?? null,
  ] as const;
  return taskSet ? [...compact, revisionIdOf(taskSet.id), taskSet.scale] : compact;
}

/** Expects what `encodeChange` made. */
export const decodeChange = ([
  at,
  initial,
  requestId,
  principalArn,
  revisionId,
  desiredCount,
  taskSetDigits,
  scale = 0,
]: CompactChange): ServiceChange => ({
  at,
  operation: OPERATIONS[initial],
  requestId,
  principalArn,
  ...(revisionId !== null && { deploymentId: deploymentIdOf(revisionId) }),
  ...(desiredCount !== null && { desiredCount }),
  ...(taskSetDigits !== undefined && { taskSet: { id: deploymentIdOf(taskSetDigits), scale } }),
});
