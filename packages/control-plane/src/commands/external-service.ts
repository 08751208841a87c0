import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import type { TaskSet } from "@berth/domain/task-set";

/** A service whose deployments an outside controller makes. */
export type ExternalService = Service & { readonly taskSets: readonly TaskSet[] };

/** @throws EcsError InvalidParameterException, ServiceNotActiveException */
export function activeExternal(service: Service): ExternalService {
  const { taskSets } = service;
  if (service.status !== "ACTIVE") {
    throw new EcsError("ServiceNotActiveException", "Service was not ACTIVE.");
  }
  if (!taskSets) {
    throw new EcsError(
      "InvalidParameterException",
      "Amazon ECS only supports task set management on services configured to use external deployment controllers.",
    );
  }
  return { ...service, taskSets };
}

/** @throws EcsError InvalidParameterException, for a set that is deleted and not yet gone */
export function checkNotDraining({ id, status }: TaskSet): void {
  if (status !== "DRAINING") return;
  throw new EcsError("InvalidParameterException", `The task set ${id} is DRAINING.`);
}

/** The service with this set in the place of the one with its id. */
export const withTaskSet = (service: ExternalService, set: TaskSet): ExternalService => ({
  ...service,
  taskSets: service.taskSets.map((each) => (each.id === set.id ? set : each)),
});
