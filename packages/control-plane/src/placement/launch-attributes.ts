import type { Attribute } from "@berth/domain/container-instance";
import type { Task } from "@berth/domain/task";

/** Launch type EXTERNAL wants an instance that says it is one. Source: ECS Anywhere. */
export const attributesForLaunch = (launchType: Task["launchType"]): readonly Attribute[] =>
  launchType === "EXTERNAL" ? [{ name: "ecs.capability.external" }] : [];
