import { isDeepStrictEqual } from "node:util";
import type { EcsEvent } from "@berth/contracts/ecs-event";
import { type Scope, taskArn } from "@berth/domain/arn";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Task } from "@berth/domain/task";
import type { Stored } from "@berth/store/store";
import { presentTask } from "../commands/present/task.ts";

export interface TaskChange {
  /** Absent where the task is new. */
  readonly before?: Stored<Task> | undefined;
  readonly after: Stored<Task>;
  readonly definition: TaskDefinition | undefined;
  /** Epoch ms: when it was written. */
  readonly at: number;
}

/**
 * One event where something changed that an event of a task shows: a status, a container, an order to
 * stop, health. Not where the change is Berth's own, such as a mark.
 */
export function taskEvents(
  scope: Scope,
  { before, after, definition, at }: TaskChange,
): readonly EcsEvent[] {
  const shown = shownOf(scope, after, definition);
  if (before && isDeepStrictEqual(shown, shownOf(scope, before, definition))) return [];
  return [
    {
      detailType: "ECS Task State Change",
      resource: taskArn(scope, after.cluster, after.id),
      time: at,
      detail: { ...shown, version: after.version, updatedAt: new Date(at) },
    },
  ];
}

/**
 * The task as DescribeTasks shows it, without what events do not have: tags, and the link of its
 * agent, which is no part of the task. They call the network interface of a task otherwise.
 */
function shownOf(scope: Scope, task: Stored<Task>, definition: TaskDefinition | undefined) {
  const {
    version: _,
    tags: _1,
    attachments = [],
    overrides,
    ...shown
  } = presentTask(scope, task, { definition, includeTags: false });
  const { inferenceAcceleratorOverrides: _2, ...told } = overrides ?? {};
  const asTold = attachments.map((attachment) => Object.assign({}, attachment, { type: "eni" }));
  return { ...shown, attachments: asTold, overrides: told };
}
