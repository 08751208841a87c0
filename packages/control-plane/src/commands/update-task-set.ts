import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { computedDesiredCount } from "@berth/domain/task-set";
import type { CommandContext } from "../context.ts";
import { changeTaskSet } from "./change-task-set.ts";
import { checkNotDraining, withTaskSet } from "./external-service.ts";
import { validScale } from "./task-set-members.ts";

/**
 * Sets the scale of a task set: all that can be changed of one.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotActiveException, ServiceNotFoundException, TaskSetNotFoundException
 */
export async function updateTaskSet(
  context: CommandContext,
  request: EcsRequest<"UpdateTaskSet">,
): Promise<EcsResponse<"UpdateTaskSet">> {
  const scale = validScale(request.scale ?? {});
  const now = context.now();
  const taskSet = await changeTaskSet(context, request, {
    operation: "UpdateTaskSet",
    change: (service, set) => {
      checkNotDraining(set);
      if (set.scale === scale) return undefined;
      const scaled = { ...set, scale, updatedAt: now };
      const isCountKept =
        computedDesiredCount(service, set) === computedDesiredCount(service, scaled);
      return withTaskSet(
        service,
        isCountKept
          ? scaled
          : { ...scaled, stabilityStatus: "STABILIZING", stabilityStatusAt: now },
      );
    },
  });
  return { taskSet };
}
