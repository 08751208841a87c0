import type { PlacementFailure } from "@berth/domain/service";
import { EMPTY_PROVIDER } from "../capacity/provider-filter.ts";

/*
 * The texts of service events, word for word as ECS writes them: people search for them, and tools
 * parse them. Source: ECS developer guide, service event messages.
 */

const tell = (service: string, text: string): string => `(service ${service}) ${text}`;
const listTasks = (taskIds: readonly string[]): string =>
  taskIds.map((id) => `(task ${id})`).join(" ");

/** Whether a message is about this service, or about this task set of one. */
export const tellsOf = (subject: string, message: string): boolean =>
  message.startsWith(tell(subject, ""));

/** @param replacedCount How many of them take the place of an unhealthy task. */
export function startedTasks(
  service: string,
  taskIds: readonly string[],
  replacedCount: number,
): string {
  const started = `has started ${taskIds.length} tasks: ${listTasks(taskIds)}.`;
  const replaced = `Amazon ECS replaced ${replacedCount} tasks due to an unhealthy status.`;
  return tell(service, replacedCount > 0 ? `${started} ${replaced}` : started);
}

export const stoppedRunningTasks = (service: string, taskIds: readonly string[]): string =>
  tell(service, `has stopped ${taskIds.length} running tasks: ${listTasks(taskIds)}.`);

export const stoppedPendingTasks = (service: string, count: number): string =>
  tell(service, `stopped ${count} pending tasks.`);

export const failedHealthChecks = (service: string, taskId: string): string =>
  tell(service, `(task ${taskId}) failed container health checks.`);

/** @param closest Undefined where no instance was considered. */
export function unableToPlace(service: string, closest: PlacementFailure | undefined): string {
  const id = closest?.containerInstanceId;
  const whose = closest?.reason === EMPTY_PROVIDER ? "capacity provider" : "cluster";
  const why =
    closest === undefined || id === undefined
      ? `Reason: No Container Instances were found in your ${whose}.`
      : `The closest matching (container-instance ${id}) ${shortcoming(closest.reason)}.`;
  const where =
    "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
  return tell(service, `${UNABLE_TO_PLACE} ${why} ${where}`);
}

const UNABLE_TO_PLACE =
  "was unable to place a task because no container instance met all of its requirements.";

export const isUnableToPlace = (service: string, message: string): boolean =>
  message.startsWith(tell(service, UNABLE_TO_PLACE));

const SHORTCOMINGS: Readonly<Record<string, string>> = {
  "RESOURCE:CPU": "has insufficient CPU units available",
  "RESOURCE:MEMORY": "has insufficient memory available",
  "RESOURCE:PORTS": "is already using a port required by your task",
  ATTRIBUTE: "is missing an attribute required by your task",
};

const shortcoming = (reason: string): string =>
  SHORTCOMINGS[reason] ?? `encountered error "${reason}"`;

export const unableToStartConsistently = (service: string): string =>
  tell(service, "is unable to consistently start tasks successfully.");

export const blockedByConfiguration = (service: string): string =>
  tell(
    service,
    "was unable to stop or start tasks during a deployment because of the service deployment " +
      "configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
  );

/** @param deploymentId Of the tasks that are to go. */
export const heldByTaskProtection = (
  service: string,
  deploymentId: string,
  count: number,
): string =>
  tell(
    service,
    `was unable to reach steady state because (taskSet ${deploymentId}) was unable to scale in due to (reason ${count} tasks under protection)`,
  );

/** Whether a message tells of protected tasks in the way. */
export const tellsOfProtection = (message: string): boolean =>
  message.endsWith("tasks under protection)");

const inEachZone = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([zone, count]) => `${count} tasks in ${zone}`).join(", ");

export const movingOverZones = (service: string, counts: ReadonlyMap<string, number>): string =>
  tell(service, `is not AZ balanced with ${inEachZone(counts)}. AZ Rebalancing in progress.`);

export const balancedOverZones = (service: string, counts: ReadonlyMap<string, number>): string =>
  tell(service, `is AZ balanced with ${inEachZone(counts)}.`);

export const startedInZone = (service: string, zone: string, taskIds: readonly string[]): string =>
  tell(
    service,
    `has started ${taskIds.length} tasks in ${zone} to AZ Rebalance: ${listTasks(taskIds)}.`,
  );

export const stoppedInZone = (service: string, zone: string, taskIds: readonly string[]): string =>
  tell(
    service,
    `has stopped ${taskIds.length} running tasks in ${zone} due to AZ rebalancing: ${listTasks(taskIds)}.`,
  );

export const unableToPlaceInZone = (service: string, zone: string): string =>
  tell(
    service,
    `is unable to place a task in ${zone} because no container instance met all of its requirements.`,
  );

export const stoppedRebalancing = (service: string): string =>
  tell(service, "stopped AZ Rebalancing.");

export const deploymentCompleted = (service: string, deploymentId: string): string =>
  tell(service, `(deployment ${deploymentId}) deployment completed.`);

/** @param why Such as `tasks failed to start.` */
export const deploymentFailed = (service: string, deploymentId: string, why: string): string =>
  tell(service, `(deployment ${deploymentId}) deployment failed: ${why}`);

export const rollingBack = (service: string, deploymentId: string): string =>
  tell(service, `rolling back to deployment ${deploymentId}.`);

/** What the events of one task set begin with, in the place of the service's name. */
export const taskSetSubject = (service: string, taskSetId: string): string =>
  `${service}, taskSet ${taskSetId}`;

export const reachedSteadyState = (service: string): string =>
  tell(service, "has reached a steady state.");
