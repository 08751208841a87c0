import { defined } from "@berth/domain/defined";
import type { InstanceHealthCheck, InstanceHealthStatus } from "@berth/domain/session";
import { dateOf } from "./date-of.ts";

/** The first of these that any check has is that of the whole. */
const WORST_FIRST: readonly InstanceHealthStatus[] = [
  "IMPAIRED",
  "INSUFFICIENT_DATA",
  "INITIALIZING",
  "OK",
];

/** Source: ECS API reference, ContainerInstanceHealthStatus. Without a check nothing is known. */
export function presentHealth(health: readonly InstanceHealthCheck[] = []) {
  const overallStatus = WORST_FIRST.find((each) => health.some(({ status }) => status === each));
  return {
    overallStatus: overallStatus ?? "INSUFFICIENT_DATA",
    details: health.map(({ type, status, lastUpdated, lastStatusChange }) => ({
      type,
      status,
      ...defined({ lastUpdated: dateOf(lastUpdated), lastStatusChange: dateOf(lastStatusChange) }),
    })),
  };
}
