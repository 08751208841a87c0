import type { TaskDefinition } from "../task-definition.ts";

/** Names of the essential containers with a health check: they decide whether a task is well. */
export const checkedContainers = (definition: TaskDefinition): readonly string[] =>
  definition.containerDefinitions
    .filter((container) => container.healthCheck !== undefined && container.essential)
    .map((container) => container.name);
