import type { Member } from "@berth/planner/service/census";
import { inStopOrder } from "@berth/planner/service/stop-preference";
import { aTask, taskId } from "@berth/testing/builders";
import { idOf, nameOf } from "./candidates.ts";
import type { Request, Scenario } from "./scenario.ts";

/** Names of the instances that lose a task each when the service gets smaller. */
export function scaleIn(
  { instances }: Scenario,
  request: Extract<Request, { operation: "ScaleIn" }>,
): readonly string[] {
  const members = membersOf(instances, `service:${request.service}`);
  return inStopOrder(members)
    .take(request.count)
    .map(({ task }) => nameOf(instances, task.containerInstanceId))
    .toArray();
}

function membersOf(instances: Scenario["instances"], group: string): readonly Member[] {
  let number = 0;
  return Object.entries(instances).flatMap(([name, { zone, holds }]) =>
    holds
      .filter((holding) => holding.group === group)
      .flatMap(({ count, condition, createdAt }) =>
        Array.from({ length: count }, () => ({
          condition,
          task: aTask({
            group,
            id: taskId(group, (number += 1)),
            containerInstanceId: idOf(instances, name),
            createdAt,
            ...(zone !== undefined && { availabilityZone: zone }),
          }),
        })),
      ),
  );
}
