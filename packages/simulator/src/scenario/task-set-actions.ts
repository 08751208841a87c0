import { lastSegment } from "@berth/domain/arn";
import type { Action, TaskSetAction } from "./scenario.ts";
import type { Stage } from "./stage.ts";

const KINDS: Readonly<Record<TaskSetAction["kind"], true>> = {
  createTaskSet: true,
  updateTaskSet: true,
  deleteTaskSet: true,
  updateServicePrimaryTaskSet: true,
};

export const isTaskSetAction = (action: Action): action is TaskSetAction => action.kind in KINDS;

/**
 * Does what an outside controller would do.
 *
 * @throws EcsError where the control plane refuses
 */
export async function changeTaskSets(stage: Stage, action: TaskSetAction): Promise<string> {
  const { world, cluster } = stage;
  const idOf = (name: string | undefined): string => namedSet(stage, action.request.service, name);
  switch (action.kind) {
    case "createTaskSet":
      await world.call("CreateTaskSet", { ...action.request, cluster });
      return "";
    case "updateTaskSet": {
      const { taskSet, ...request } = action.request;
      await world.call("UpdateTaskSet", { ...request, cluster, taskSet: idOf(taskSet) });
      return "";
    }
    case "deleteTaskSet": {
      const { taskSet, ...request } = action.request;
      await world.call("DeleteTaskSet", { ...request, cluster, taskSet: idOf(taskSet) });
      return "";
    }
    case "updateServicePrimaryTaskSet": {
      const { primaryTaskSet, ...request } = action.request;
      const primary = { primaryTaskSet: idOf(primaryTaskSet) };
      await world.call("UpdateServicePrimaryTaskSet", { ...request, cluster, ...primary });
      return "";
    }
  }
}

/** The id of the newest set of that `externalId`; else the text itself, which ECS may know. */
function namedSet({ view }: Stage, service = "", name = ""): string {
  const sets = view.services.get(lastSegment(service))?.taskSets ?? [];
  return sets.find(({ externalId }) => externalId === name)?.id ?? name;
}

/** What is done, in one line. */
export function taskSetText({ kind, request }: TaskSetAction): string {
  const of = `of ${request.service}`;
  switch (kind) {
    case "createTaskSet": {
      const { externalId = "", taskDefinition, scale } = request;
      return `create task set ${externalId} ${of} from ${taskDefinition} at ${scale?.value ?? 0} %`;
    }
    case "updateTaskSet":
      return `scale task set ${request.taskSet} ${of} to ${request.scale?.value} %`;
    case "deleteTaskSet":
      return `delete task set ${request.taskSet} ${of}`;
    case "updateServicePrimaryTaskSet":
      return `promote task set ${request.primaryTaskSet} ${of}`;
  }
}
