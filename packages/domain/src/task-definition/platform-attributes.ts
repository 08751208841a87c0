import type { Attribute } from "../container-instance.ts";
import type { TaskDefinition } from "../task-definition.ts";

/**
 * What an instance must be for the definition's `runtimePlatform`, in the attributes that agents
 * register. They are no part of `requiresAttributes`: ECS lists only capabilities there. Windows
 * runs containers of its own release alone, Linux those of any. Source: ECS API reference,
 * RuntimePlatform; developer guide, container instance attributes.
 */
export function platformAttributes({
  runtimePlatform = {},
}: Pick<TaskDefinition, "runtimePlatform">): readonly Attribute[] {
  const { cpuArchitecture, operatingSystemFamily } = runtimePlatform;
  return [
    ...(cpuArchitecture === undefined
      ? []
      : [{ name: "ecs.cpu-architecture", value: cpuArchitecture.toLowerCase() }]),
    ...(operatingSystemFamily === undefined ? [] : [systemAttribute(operatingSystemFamily)]),
  ];
}

const systemAttribute = (family: string): Attribute =>
  family === "LINUX"
    ? { name: "ecs.os-type", value: "linux" }
    : { name: "ecs.os-family", value: family };
