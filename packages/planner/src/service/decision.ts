import type { PlannedStart, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { Member } from "./census.ts";
import { openStopsOf, toPlannedStop } from "./planned-stops.ts";
import { withoutWritten } from "./service-deployments.ts";

/** Starts that are alike, and where they are to be if that matters. */
export interface StartBatch extends Pick<
  PlannedStart,
  "containerInstanceId" | "availabilityZone" | "capacityProvider"
> {
  readonly count: number;
}

/** The same, of one deployment or task set. */
export type PlannedBatch = StartBatch & Pick<PlannedStart, "deploymentId">;

/** What a pass over a service comes to. */
export interface Decision {
  /** Members of the service with their new values; the very same ones where nothing changed. */
  readonly changes: Partial<Service>;
  readonly starts: readonly PlannedBatch[];
  /** Decided now; earlier decisions that are not obeyed yet come on top. */
  readonly stops: readonly Member[];
  readonly events: readonly string[];
  /** What to remember as told, where the service is written at all. */
  readonly lastTold: Service["lastTold"];
  /** Epoch ms. */
  readonly wakeAt?: number;
}

/**
 * The service as the decision leaves it, or the very same object where that changes nothing. Notes
 * that nobody needs any more go along with a change: they are not worth a write of their own.
 */
export function applyDecision(
  service: Service,
  decision: Decision,
  tasks: readonly Task[],
  now: number,
): Service {
  const { changes, lastTold } = decision;
  const isChanged =
    decision.stops.length > 0 ||
    (Object.keys(changes) as (keyof Service)[]).some((key) => changes[key] !== service[key]);
  if (!isChanged) return service;

  const next = { ...service, ...changes, lastTold };
  const present = new Set(tasks.map((task) => task.id));
  return {
    ...next,
    serviceDeployments: withoutWritten(next.serviceDeployments, service.serviceDeployments),
    countedFailures: next.countedFailures.filter((id) => present.has(id)),
    plannedStops: [...openStopsOf(service, tasks, now), ...decision.stops.map(toPlannedStop)],
  };
}
