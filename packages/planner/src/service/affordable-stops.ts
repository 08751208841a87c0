import type { Service } from "@berth/domain/service";
import { boundsOf } from "./bounds.ts";
import { isHealthy } from "./census.ts";
import type { Member } from "./census.ts";
import type { ServiceSnapshot } from "./plan-service.ts";
import { openStopsOf } from "./planned-stops.ts";
import { censusOf } from "./take-stock.ts";

/**
 * The service without the planned stops that it cannot afford any more, or the very same object:
 * whoever decided them may have died before telling the tasks, and others have failed since. The
 * floor needs those that have not been told then; what else is to be stopped is decided anew.
 */
export function withAffordableStops(snapshot: ServiceSnapshot): Service {
  const { service, tasks, now } = snapshot;
  // Task sets and daemons have no such floor.
  if (service.schedulingStrategy !== "REPLICA" || service.taskSets) return service;
  const doomed = new Set(openStopsOf(service, tasks, now).map(({ taskId }) => taskId));
  if (doomed.size === 0) return service;
  const healthy = healthyOf(snapshot);
  const going = healthy.filter(({ task }) => doomed.has(task.id));
  const { floor } = boundsOf(service.desiredCount, service.deploymentConfiguration);
  const missing = floor - (healthy.length - going.length);
  if (missing <= 0 || going.length === 0) return service;
  const spared = new Set(going.slice(0, missing).map(({ task }) => task.id));
  return {
    ...service,
    plannedStops: service.plannedStops?.filter(({ taskId }) => !spared.has(taskId)) ?? [],
  };
}

/** As if no stop were planned; those worth keeping come first. */
function healthyOf(snapshot: ServiceSnapshot): readonly Member[] {
  const service = { ...snapshot.service, plannedStops: [] };
  const { kept, replaced } = censusOf(
    { ...snapshot, service },
    snapshot.tasks,
    service.deployments,
  );
  return [...kept, ...replaced].filter(isHealthy);
}
