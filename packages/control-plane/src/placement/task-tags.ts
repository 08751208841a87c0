import { type Tag, uniqueTags } from "@berth/domain/tag";
import type { Service } from "@berth/domain/service";
import type { TaskDefinition } from "@berth/domain/task-definition";

/** Where the tags of a new task come from. */
export interface TagSources {
  readonly cluster: string;
  readonly service?: string;
  readonly enableECSManagedTags: boolean;
  readonly propagated: readonly Tag[];
  /** Given for this very task: they win. */
  readonly own: readonly Tag[];
}

export function taskTags(sources: TagSources): readonly Tag[] {
  return uniqueTags([...sources.propagated, ...managedTags(sources), ...sources.own]);
}

/** The tags of a service's new task, as the service says that tags are propagated. */
export function serviceTaskTags(
  service: Pick<Service, "cluster" | "name" | "propagateTags" | "tags" | "enableECSManagedTags">,
  definition: Pick<TaskDefinition, "tags">,
): readonly Tag[] {
  const from = { SERVICE: service.tags, TASK_DEFINITION: definition.tags, NONE: [] };
  return taskTags({
    cluster: service.cluster,
    service: service.name,
    enableECSManagedTags: service.enableECSManagedTags,
    propagated: from[service.propagateTags],
    own: [],
  });
}

/** Source: ECS developer guide, tags that Amazon ECS adds. */
function managedTags(sources: TagSources): readonly Tag[] {
  if (!sources.enableECSManagedTags) return [];
  const { service } = sources;
  return [
    { key: "aws:ecs:clusterName", value: sources.cluster },
    ...(service === undefined ? [] : [{ key: "aws:ecs:serviceName", value: service }]),
  ];
}
