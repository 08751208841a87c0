import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Task } from "@berth/domain/task";
import type { HealthStatus } from "@berth/domain/task-status";

/**
 * The health of a task by its essential containers that have a health check: the worst of theirs,
 * UNKNOWN where none has one. Source: ECS API reference, HealthCheck.
 */
export function taskHealthStatus(
  task: Pick<Task, "containers">,
  definition: TaskDefinition | undefined,
): HealthStatus {
  const checked = new Set(
    definition?.containerDefinitions
      .filter(({ essential, healthCheck }) => essential && healthCheck !== undefined)
      .map(({ name }) => name),
  );
  const statuses = task.containers
    .filter(({ name }) => checked.has(name))
    .map(({ healthStatus }) => healthStatus ?? "UNKNOWN");
  if (statuses.includes("UNHEALTHY")) return "UNHEALTHY";
  return statuses.length === 0 || statuses.includes("UNKNOWN") ? "UNKNOWN" : "HEALTHY";
}
