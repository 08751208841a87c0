import type { ProviderShare } from "./capacity-provider.ts";
import type { Service } from "./service.ts";
import type { Task } from "./task.ts";

/** What a service has tasks of: a deployment or a task set. Its id is their `startedBy`. */
export interface TaskSource {
  readonly id: string;
  /** `family:revision`. */
  readonly taskDefinition: string;
  /** Where it is not the service's. */
  readonly launchType?: Task["launchType"];
  readonly capacityProviderStrategy?: readonly ProviderShare[];
}

export const taskSourcesOf = ({
  deployments,
  taskSets = [],
}: Pick<Service, "deployments" | "taskSets">): readonly TaskSource[] => [
  ...deployments,
  ...taskSets,
];

/** What shares out the tasks that the service starts from now on: its PRIMARY deployment or task set says. */
export const currentStrategy = ({
  deployments,
  taskSets = [],
}: Pick<Service, "deployments" | "taskSets">): readonly ProviderShare[] | undefined =>
  [...deployments, ...taskSets].find(({ status }) => status === "PRIMARY")
    ?.capacityProviderStrategy;

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
