import type { ServiceChange } from "@berth/domain/service-change";
import { deploymentIdOf, revisionIdOf } from "@berth/domain/service-deployment";

/** `[at, initial of the operation, requestId, principalArn, id of the service revision, desiredCount]` */
export type CompactChange = readonly [
  number,
  Initial,
  string,
  string,
  string | null,
  number | null,
];

type Initial = "C" | "U" | "D";

const OPERATIONS: Readonly<Record<Initial, ServiceChange["operation"]>> = {
  C: "CreateService",
  U: "UpdateService",
  D: "DeleteService",
};

const INITIALS: Readonly<Record<ServiceChange["operation"], Initial>> = {
  CreateService: "C",
  UpdateService: "U",
  DeleteService: "D",
};

/** In short, so that a service with one deployment stays below 1 KiB, the unit of writing. */
export const encodeChange = (change: ServiceChange): CompactChange => [
  change.at,
  INITIALS[change.operation],
  change.requestId,
  change.principalArn,
  change.deploymentId === undefined ? null : revisionIdOf(change.deploymentId),
  change.desiredCount ?? null,
];

/** Expects what `encodeChange` made. */
export const decodeChange = ([
  at,
  initial,
  requestId,
  principalArn,
  revisionId,
  desiredCount,
]: CompactChange): ServiceChange => ({
  at,
  operation: OPERATIONS[initial],
  requestId,
  principalArn,
  ...(revisionId !== null && { deploymentId: deploymentIdOf(revisionId) }),
  ...(desiredCount !== null && { desiredCount }),
});
