import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { TaskSet } from "@berth/domain/task-set";
import type { CommandContext } from "../context.ts";
import { changeTaskSet } from "./change-task-set.ts";
import { checkNotDraining } from "./external-service.ts";

/**
 * Says which task set serves production traffic. The service is described by its definition and
 * launch type from then on; no task starts or stops.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotActiveException, ServiceNotFoundException, TaskSetNotFoundException
 */
export async function updateServicePrimaryTaskSet(
  context: CommandContext,
  { primaryTaskSet, ...named }: EcsRequest<"UpdateServicePrimaryTaskSet">,
): Promise<EcsResponse<"UpdateServicePrimaryTaskSet">> {
  const now = context.now();
  const taskSet = await changeTaskSet(
    context,
    { ...named, taskSet: primaryTaskSet },
    {
      operation: "UpdateServicePrimaryTaskSet",
      change: (service, set) => {
        checkNotDraining(set);
        if (set.status === "PRIMARY") return undefined;
        const { taskDefinition, launchType } = set;
        const taskSets = service.taskSets.map((each) => withStatus(each, set.id, now));
        return { ...service, taskDefinition, launchType, taskSets };
      },
    },
  );
  return { taskSet };
}

function withStatus(set: TaskSet, primaryId: string, now: number): TaskSet {
  if (set.status === "DRAINING") return set;
  const status = set.id === primaryId ? "PRIMARY" : "ACTIVE";
  return set.status === status ? set : { ...set, status, updatedAt: now };
}
