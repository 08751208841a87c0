import type { WakeTiming } from "@berth/contracts/queue";
import { serviceGroup } from "@berth/domain/task";
import { namedDefinitions, taskSourcesOf } from "@berth/domain/task-source";
import { planOffers } from "@berth/planner/placement/plan-offers";
import type { WaitingService } from "@berth/planner/placement/plan-offers";
import { planDaemonOffers } from "@berth/planner/service/daemon-offers";
import type { WaitingDaemon } from "@berth/planner/service/daemon-offers";
import { planRebalancingOffers } from "@berth/planner/service/rebalancing-offers";
import type { StoredInstance } from "@berth/store/store";
import { everyService } from "../commands/cluster-counts.ts";
import { collect } from "../commands/every-page.ts";
import type { ControlPlane } from "../context.ts";
import { definitionNamed, definitionsNamed } from "../definition-cache.ts";
import type { ClusterView } from "../placement/cluster-view.ts";
import { serviceRequirements, waitingRequests } from "../placement/service-request.ts";
import { MAX_OFFERED_RUNS, offeredRuns } from "./run-offers.ts";

/**
 * Offers what capacity there is to those of a cluster that may want some: first to DAEMON services,
 * so that theirs are the first tasks on an instance, then to services and queued runs that wait.
 */
export async function offerCapacity(controlPlane: ControlPlane, cluster: string): Promise<void> {
  const wanting = await controlPlane.store.wantingCapacity(cluster, MAX_OFFERED_RUNS);
  const { runs } = wanting;
  if (wanting.services.length + wanting.daemons.length + runs.length === 0) return;
  const view = controlPlane.views.of(cluster);
  const [waiting, daemons] = await Promise.all([
    waitingServices(controlPlane, cluster, wanting.services),
    waitingDaemons(controlPlane, cluster, wanting.daemons),
    view.readAll(controlPlane),
  ]);
  const first = planDaemonOffers(knownTo(view), daemons);
  await wakeServices(controlPlane, cluster, first, { kind: "now" });
  const then: WakeTiming = first.length > 0 ? { kind: "coalesced" } : { kind: "now" };
  await wakeServices(controlPlane, cluster, planOffers(view.index, waiting), then);
  for (const { id } of await offeredRuns(controlPlane, runs, knownTo(view))) {
    await controlPlane.relay.wake({ kind: "queuedRun", cluster, id }, then);
  }
}

/** Has services at rest look whether an instance that joined lets them be more even over the zones. */
export async function offerBalance(controlPlane: ControlPlane, cluster: string): Promise<void> {
  const view = controlPlane.views.of(cluster);
  const [services] = await Promise.all([
    collect(everyService(controlPlane.store, cluster)),
    view.readAll(controlPlane),
  ]);
  const names = planRebalancingOffers(knownTo(view), services);
  await wakeServices(controlPlane, cluster, names, { kind: "now" });
}

const knownTo = (view: ClusterView): readonly StoredInstance[] =>
  Array.from(view.ids(), (id) => view.get(id)).filter((each) => each !== undefined);

const wakeServices = (
  { relay }: ControlPlane,
  cluster: string,
  names: readonly string[],
  timing: WakeTiming,
) => Promise.all(names.map((service) => relay.wake({ kind: "service", cluster, service }, timing)));

async function waitingDaemons(
  controlPlane: ControlPlane,
  cluster: string,
  names: readonly string[],
): Promise<readonly WaitingDaemon[]> {
  const services = await controlPlane.store.services.findMany(cluster, names);
  return Promise.all(
    services.map(async (service) => {
      const { taskDefinition } = service;
      const definition =
        taskDefinition === undefined
          ? undefined
          : await definitionNamed(controlPlane, taskDefinition);
      const { requiresAttributes, constraints } = serviceRequirements(service, definition);
      const { name } = service;
      return { name, group: serviceGroup(name), requiresAttributes, constraints };
    }),
  );
}

async function waitingServices(
  controlPlane: ControlPlane,
  cluster: string,
  names: readonly string[],
): Promise<readonly WaitingService[]> {
  const services = await controlPlane.store.services.findMany(cluster, names);
  const definitions = await definitionsNamed(controlPlane, services.flatMap(namedDefinitions));
  return services.map((service) => ({
    name: service.name,
    requests: taskSourcesOf(service).flatMap((source) =>
      waitingRequests(service, source, definitions.get(source.taskDefinition)).map(
        ({ request }) => request,
      ),
    ),
  }));
}
