import { defined } from "@berth/domain/defined";
import type { Deployment, Service, StartFailures } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { computedDesiredCount } from "@berth/domain/task-set";
import type { TaskSet } from "@berth/domain/task-set";
import { taskSetSubject } from "./service-events.ts";

/** One task set as a service of its own: by that it is planned and explained (ADR 0023). */
export interface TaskSetPart {
  readonly set: TaskSet;
  readonly service: Service;
  readonly tasks: readonly Task[];
}

/** @param tasks All that the service has. */
export const taskSetParts = (service: Service, tasks: readonly Task[]): readonly TaskSetPart[] =>
  (service.taskSets ?? []).map((set) => ({
    set,
    service: asService(service, set),
    tasks: tasks.filter((task) => task.startedBy === set.id),
  }));

/** Tasks whose task set is gone: a pass that overlapped with its end has started them. */
export function strayTasks(
  { taskSets = [] }: Pick<Service, "taskSets">,
  tasks: readonly Task[],
): readonly Task[] {
  const known = new Set<string | undefined>(taskSets.map(({ id }) => id));
  return tasks.filter((task) => !known.has(task.startedBy));
}

/**
 * The service with nothing but this set, which it has long rolled out: so no failure ends it. The
 * percentages are then of the set's own count, and hold where tasks are replaced.
 */
function asService(service: Service, set: TaskSet): Service {
  const { taskSets: _, ...members } = service;
  return {
    ...members,
    name: taskSetSubject(service.name, set.id),
    desiredCount: computedDesiredCount(service, set),
    taskDefinition: set.taskDefinition,
    launchType: set.launchType,
    deployments: [asDeployment(set)],
    serviceDeployments: [],
    plannedStarts: service.plannedStarts.filter((start) => start.deploymentId === set.id),
    withdrawnStarts: (service.withdrawnStarts ?? []).filter((start) => start.taskSetId === set.id),
    steady: set.stabilityStatus === "STEADY_STATE",
  };
}

/** FAILED for one that drains: so nothing more is started for it, and it is never steady. */
const asDeployment = (set: TaskSet): Deployment => ({
  id: set.id,
  status: "PRIMARY",
  taskDefinition: set.taskDefinition,
  ...(set.capacityProviderStrategy && { capacityProviderStrategy: set.capacityProviderStrategy }),
  rolloutState: set.status === "DRAINING" ? "FAILED" : "COMPLETED",
  rolloutStateReason: "",
  createdAt: set.createdAt,
  updatedAt: set.updatedAt,
  ...set.failures,
});

/** What a plan of the part leaves of the failed starts; the very same object where nothing changed. */
export function failuresAfter(
  { set, service }: TaskSetPart,
  planned: Partial<Service>,
): StartFailures {
  const [deployment] = planned.deployments ?? service.deployments;
  if (!deployment || deployment === service.deployments[0]) return set.failures;
  const { failedTasks, lastFailedAt, lastFailedStartAt, failedRounds, throttledUntil } = deployment;
  return {
    failedTasks,
    ...defined({ lastFailedAt, lastFailedStartAt, failedRounds, throttledUntil }),
  };
}
