import { defined } from "@berth/domain/defined";
import type { Service } from "@berth/domain/service";
import type { Cause } from "@berth/domain/task";
import { launchTypeOf, type TaskSource } from "@berth/domain/task-source";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { serviceGroup } from "@berth/domain/task";
import type { Launch } from "./new-task.ts";
import { serviceTaskTags } from "./task-tags.ts";

/** What the tasks of a service's deployment or task set are started with. */
export const serviceLaunch = (
  service: Service,
  source: Pick<TaskSource, "id" | "launchType" | "networkConfiguration">,
  definition: TaskDefinition,
): Launch => ({
  cluster: service.cluster,
  definition,
  group: serviceGroup(service.name),
  launchType: launchTypeOf(service, source),
  cause: sourceCause(service, source.id),
  startedBy: source.id,
  ...defined({ networkConfiguration: source.networkConfiguration }),
  enableExecuteCommand: service.enableExecuteCommand,
  tags: serviceTaskTags(service, definition),
});

/** That a deployment or a task set of the service asked for a change. */
export const sourceCause = (
  { taskSets }: Pick<Service, "taskSets">,
  id: string,
): Extract<Cause, { readonly id: string }> => ({ kind: taskSets ? "taskSet" : "deployment", id });
