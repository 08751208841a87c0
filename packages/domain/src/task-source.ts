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

/** The definitions that tasks of the service are, or were lately, made from; some more than once. */
export const namedDefinitions = (
  service: Pick<Service, "deployments" | "taskSets" | "taskDefinition">,
): readonly string[] => [
  ...(service.taskDefinition === undefined ? [] : [service.taskDefinition]),
  ...taskSourcesOf(service).map(({ taskDefinition }) => taskDefinition),
];

/** On what the tasks of a source run. */
export const launchTypeOf = (
  service: Pick<Service, "launchType">,
  source: Pick<TaskSource, "launchType">,
): Task["launchType"] => source.launchType ?? service.launchType ?? "EC2";
