import type { Service } from "./service.ts";
import type { Task } from "./task.ts";

/** What a service has tasks of: a deployment or a task set. Its id is their `startedBy`. */
export interface TaskSource {
  readonly id: string;
  /** `family:revision`. */
  readonly taskDefinition: string;
  /** Where it is not the service's. */
  readonly launchType?: Task["launchType"];
}

export const taskSourcesOf = ({
  deployments,
  taskSets = [],
}: Pick<Service, "deployments" | "taskSets">): readonly TaskSource[] => [
  ...deployments,
  ...taskSets,
];

/** On what the tasks of a source run. */
export const launchTypeOf = (
  service: Pick<Service, "launchType">,
  source: Pick<TaskSource, "launchType">,
): Task["launchType"] => source.launchType ?? service.launchType ?? "EC2";
