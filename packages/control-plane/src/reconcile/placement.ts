import { planOffers } from "@berth/planner/placement/plan-offers";
import type { WaitingService } from "@berth/planner/placement/plan-offers";
import { planRunOffers } from "@berth/planner/placement/plan-run-offers";
import type { QueuedRun } from "@berth/domain/queued-run";
import type { ControlPlane } from "../context.ts";
import { definitionsNamed } from "../definition-cache.ts";
import type { ClusterView } from "../placement/cluster-view.ts";
import { queuedRequest } from "../placement/queued-run-request.ts";
import { waitingRequest } from "../placement/service-request.ts";

/** Of the queued runs, so many of the oldest are looked at: what one offer costs has an end. */
const MAX_OFFERED_RUNS = 100;

/** Offers what capacity there is to the services and queued runs of a cluster that wait for some. */
export async function offerCapacity(controlPlane: ControlPlane, cluster: string): Promise<void> {
  const { services, queuedRuns } = controlPlane.store;
  const [names, runs] = await Promise.all([
    services.waitingForCapacity(cluster),
    queuedRuns.oldestWaiting(cluster, MAX_OFFERED_RUNS),
  ]);
  if (names.length === 0 && runs.length === 0) return;
  const view = controlPlane.views.of(cluster);
  const [waiting] = await Promise.all([
    waitingServices(controlPlane, cluster, names),
    view.readAll(controlPlane),
  ]);
  await Promise.all([
    ...planOffers(view.index, waiting).map((service) =>
      controlPlane.relay.wake({ kind: "service", cluster, service }),
    ),
    offerToRuns(controlPlane, runs, view),
  ]);
}

/** One after the other, so that the oldest comes first. */
async function offerToRuns(
  controlPlane: ControlPlane,
  oldestFirst: readonly QueuedRun[],
  view: ClusterView,
): Promise<void> {
  const definitions = await definitionsNamed(
    controlPlane,
    oldestFirst.map(({ taskDefinition }) => taskDefinition),
  );
  const waiting = oldestFirst.flatMap((run) => {
    const definition = definitions.get(run.taskDefinition);
    return definition ? [{ id: run.id, request: queuedRequest(run, definition) }] : [];
  });
  const offered = new Set(waiting.length > 0 ? planRunOffers(view.all(), waiting) : []);
  for (const { cluster, id } of oldestFirst) {
    if (offered.has(id)) await controlPlane.relay.wake({ kind: "queuedRun", cluster, id });
  }
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
    requests: service.deployments.flatMap(
      (deployment) =>
        waitingRequest(service, deployment, definitions.get(deployment.taskDefinition)) ?? [],
    ),
  }));
}
