import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import { drainedTaskSet, type TaskSet } from "@berth/domain/task-set";
import type { CommandContext } from "../context.ts";
import { changeTaskSet } from "./change-task-set.ts";
import { withTaskSet, type ExternalService } from "./external-service.ts";

/**
 * Has a task set stop all that it has and end: it is DRAINING until its tasks are gone, and then
 * forgotten.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotActiveException, ServiceNotFoundException, TaskSetNotFoundException
 */
export async function deleteTaskSet(
  context: CommandContext,
  request: EcsRequest<"DeleteTaskSet">,
): Promise<EcsResponse<"DeleteTaskSet">> {
  const now = context.now();
  const taskSet = await changeTaskSet(context, request, {
    operation: "DeleteTaskSet",
    change: (service, set) => {
      if (set.status === "DRAINING") return undefined;
      if (!request.force) checkUnused(set);
      const left = set.status === "PRIMARY" ? withoutPrimary(service) : service;
      return withTaskSet(left, drainedTaskSet(set, now));
    },
  });
  return { taskSet };
}

function checkUnused({ status, scale }: TaskSet): void {
  if (status === "PRIMARY") throw invalid("Primary TaskSet cannot be deleted");
  if (scale > 0) throw invalid("The task set cannot be deleted while it is scaled above 0.");
}

/** What the primary set had given the service goes with it. Source: ECS developer guide, external deployment. */
function withoutPrimary(service: ExternalService): ExternalService {
  const { taskDefinition: _, ...rest } = service;
  return rest;
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
