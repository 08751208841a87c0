import { validStrategy } from "@berth/control-plane/commands/placement-members";
import { stopSiteOf } from "@berth/control-plane/reconcile/stop-sites";
import type { Candidate } from "@berth/planner/placement/place";
import type { Member } from "@berth/planner/service/census";
import { stopOrder } from "@berth/planner/service/stop-preference";
import { strategyOf } from "@berth/planner/service/strategy-of";
import { aTask, taskId } from "@berth/testing/builders";
import { idOf, nameOf } from "./candidates.ts";
import { sharesOf } from "./providers.ts";
import type { Request, Scenario } from "./scenario.ts";

/** Names of the instances that lose a task each when the service gets smaller. */
export function scaleIn(
  { instances }: Scenario,
  request: Extract<Request, { operation: "ScaleIn" }>,
  candidates: readonly Candidate[],
): readonly string[] {
  const members = membersOf(instances, `service:${request.service}`);
  const placementStrategy = validStrategy(request.placementStrategy);
  const sites = candidates.map((each) => [each.ledger.id, stopSiteOf(each)] as const);
  const shares = sharesOf(request);
  return stopOrder(
    [
      ...(shares ? [{ type: "providers", shares } as const] : []),
      ...strategyOf({ placementStrategy }),
    ],
    Object.fromEntries(sites),
  )(members)
    .take(request.count)
    .map(({ task }) => nameOf(instances, task.containerInstanceId))
    .toArray();
}

function membersOf(instances: Scenario["instances"], group: string): readonly Member[] {
  let number = 0;
  return Object.entries(instances).flatMap(([name, { zone, holds }]) =>
    holds
      .filter((holding) => holding.group === group)
      .flatMap(({ count, condition, createdAt, cpu, memory, capacityProvider }) =>
        Array.from({ length: count }, () => ({
          condition,
          task: aTask({
            group,
            id: taskId(group, (number += 1)),
            containerInstanceId: idOf(instances, name),
            createdAt,
            cpuUnits: cpu,
            memoryMiB: memory,
            ...(zone !== undefined && { availabilityZone: zone }),
            ...(capacityProvider !== undefined && { capacityProviderName: capacityProvider }),
          }),
        })),
      ),
  );
}
