import type { AwsvpcConfiguration } from "./awsvpc.ts";
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
  /** Present where the definition has networkMode awsvpc. */
  readonly networkConfiguration?: AwsvpcConfiguration;
}

export const taskSourcesOf = ({
  deployments,
  taskSets = [],
}: Pick<Service, "deployments" | "taskSets">): readonly TaskSource[] => [
  ...deployments,
  ...taskSets,
];

/** What says how the tasks are made that the service starts from now on: its PRIMARY deployment or task set. */
const primarySource = ({
  deployments,
  taskSets = [],
}: Pick<Service, "deployments" | "taskSets">): TaskSource | undefined =>
  [...deployments, ...taskSets].find(({ status }) => status === "PRIMARY");

/** What shares those tasks out. */
export const currentStrategy = (
  service: Pick<Service, "deployments" | "taskSets">,
): readonly ProviderShare[] | undefined => primarySource(service)?.capacityProviderStrategy;

/** Where their network interfaces are to be. */
export const currentNetwork = (
  service: Pick<Service, "deployments" | "taskSets">,
): AwsvpcConfiguration | undefined => primarySource(service)?.networkConfiguration;

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
