import { defined } from "../defined.ts";
import type { ContainerDefinition, TaskDefinition } from "../task-definition.ts";
import type { ContainerOverride, TaskOverrides } from "../task.ts";

/**
 * The definition as a task with these overrides has it: each member given replaces that of the
 * definition, but environment variables, which are added and win over those of the same name.
 * Source: ECS API reference, TaskOverride, ContainerOverride.
 */
export function overridden(
  definition: TaskDefinition,
  overrides: TaskOverrides | undefined,
): TaskDefinition {
  if (!overrides) return definition;
  const { cpu, memory, taskRoleArn, executionRoleArn, containerOverrides = [] } = overrides;
  return {
    ...definition,
    ...defined({ cpu, memory, taskRoleArn, executionRoleArn }),
    containerDefinitions: definition.containerDefinitions.map((container) =>
      overriddenContainer(
        container,
        containerOverrides.find(({ name }) => name === container.name),
      ),
    ),
  };
}

function overriddenContainer(
  container: ContainerDefinition,
  override: ContainerOverride | undefined,
): ContainerDefinition {
  if (!override) return container;
  const { environment = [], ...others } = override;
  const given = new Set(environment.map(({ name }) => name));
  const kept = container.environment.filter(({ name }) => !given.has(name));
  return { ...container, ...others, environment: [...kept, ...environment] };
}
