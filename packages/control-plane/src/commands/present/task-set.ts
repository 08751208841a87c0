import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import {
  clusterArn,
  serviceArn,
  taskDefinitionArn,
  taskSetArn,
  type Scope,
} from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { computedDesiredCount, type TaskSet } from "@berth/domain/task-set";
import { countTasks } from "@berth/planner/service/revision-tasks";
import { presentCapacity } from "./capacity.ts";
import { dateOf } from "./date-of.ts";
import { presentNetwork } from "./network.ts";

export type TaskSetDescription = NonNullable<EcsResponse<"CreateTaskSet">["taskSet"]>;

/** What the description of a task set draws on beside the set and its service. */
export interface TaskSetSources {
  /** Every task of the service that is not archived. */
  readonly tasks: readonly Task[];
  readonly includeTags: boolean;
}

/** A task set as the ECS API shows it. Source: ECS API reference, TaskSet. */
export function presentTaskSet(
  scope: Scope,
  service: Service,
  set: TaskSet,
  { tasks, includeTags }: TaskSetSources,
): TaskSetDescription {
  const { running, pending } = countTasks(tasks.filter((task) => task.startedBy === set.id));
  return {
    id: set.id,
    taskSetArn: taskSetArn(scope, service, set.id),
    serviceArn: serviceArn(scope, service.cluster, service.name),
    clusterArn: clusterArn(scope, service.cluster),
    ...defined({ externalId: set.externalId }),
    status: set.status,
    taskDefinition: taskDefinitionArn(scope, set.taskDefinition),
    computedDesiredCount: computedDesiredCount(service, set),
    pendingCount: pending,
    runningCount: running,
    createdAt: dateOf(set.createdAt),
    updatedAt: dateOf(set.updatedAt),
    ...presentCapacity(set.capacityProviderStrategy, set.launchType),
    ...presentNetwork(set.networkConfiguration),
    loadBalancers: [],
    serviceRegistries: [],
    scale: { value: set.scale, unit: "PERCENT" },
    stabilityStatus: set.stabilityStatus,
    stabilityStatusAt: dateOf(set.stabilityStatusAt),
    tags: includeTags ? [...set.tags] : [],
  };
}
