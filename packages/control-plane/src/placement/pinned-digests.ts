import type { Task } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";

/**
 * The digests that a deployment's images had when its first task told them, by container: all tasks
 * of a deployment run the same, wherever a tag has moved since. Source: ECS developer guide, container
 * image resolution; ECS API reference, ContainerDefinition `versionConsistency`.
 */
export function pinnedDigests(
  { containerDefinitions }: TaskDefinition,
  deploymentId: string,
  tasks: readonly Task[],
): ReadonlyMap<string, string> {
  const own = tasks
    .filter(({ startedBy }) => startedBy === deploymentId)
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .flatMap(({ containers }) => containers);
  return new Map(
    containerDefinitions.flatMap(({ name, versionConsistency }) => {
      if (versionConsistency === "disabled") return [];
      const told = own.find((each) => each.name === name && each.imageDigest !== undefined);
      return told?.imageDigest === undefined ? [] : [[name, told.imageDigest]];
    }),
  );
}
