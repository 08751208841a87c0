import { serviceGroup } from "@berth/domain/task";
import { taskDefinitionName } from "@berth/domain/task-definition";
import { planOffers } from "@berth/planner/placement/plan-offers";
import type { WaitingService } from "@berth/planner/placement/plan-offers";
import type { ControlPlane } from "../context.ts";
import { definitionsNamed } from "../definition-cache.ts";
import { attributesForLaunch } from "../placement/launch-attributes.ts";
import { placementRequest } from "../placement/placement-request.ts";
import { strategyOf } from "../placement/service-strategy.ts";

/** Offers what capacity there is to the services of a cluster that wait for some. */
export async function offerCapacity(controlPlane: ControlPlane, cluster: string): Promise<void> {
  const names = await controlPlane.store.services.waitingForCapacity(cluster);
  if (names.length === 0) return;
  const view = controlPlane.views.of(cluster);
  const [waiting] = await Promise.all([
    waitingServices(controlPlane, cluster, names),
    view.readAll(controlPlane),
  ]);
  await Promise.all(
    planOffers(view.index, waiting).map((service) =>
      controlPlane.relay.wake({ kind: "service", cluster, service }),
    ),
  );
}

async function waitingServices(
  controlPlane: ControlPlane,
  cluster: string,
  names: readonly string[],
): Promise<readonly WaitingService[]> {
  const services = await controlPlane.store.services.findMany(cluster, names);
  const definitions = await definitionsNamed(
    controlPlane,
    services.flatMap((service) => service.deployments.map((each) => each.taskDefinition)),
  );
  return services.map((service) => ({
    name: service.name,
    requests: service.deployments.flatMap((deployment) => {
      const definition = definitions.get(deployment.taskDefinition);
      const taskIds = service.plannedStarts
        .filter((start) => start.deploymentId === deployment.id)
        .map((start) => start.taskId);
      if (!definition || taskIds.length === 0) return [];
      return [
        placementRequest(
          {
            taskIds,
            group: serviceGroup(service.name),
            definition,
            requiresAttributes: attributesForLaunch(service.launchType ?? "EC2"),
          },
          {
            constraints: service.placementConstraints,
            strategy: strategyOf(service),
            seed: taskDefinitionName(definition),
          },
        ),
      ];
    }),
  }));
}
