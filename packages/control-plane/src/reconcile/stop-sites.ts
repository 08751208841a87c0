import { remaining } from "@berth/domain/container-instance";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { Candidate } from "@berth/planner/placement/place";
import { dependsOnSites } from "@berth/planner/service/stop-preference";
import type { StopSite, StopSites } from "@berth/planner/service/stop-preference";
import { strategyOf } from "@berth/planner/service/strategy-of";
import type { ControlPlane } from "../context.ts";

/**
 * What the order of stops has to know of the instances: read only where the strategy asks for it
 * and there may be something to stop.
 */
export async function readStopSites(
  controlPlane: ControlPlane,
  service: Service,
  tasks: readonly Task[],
): Promise<StopSites> {
  const live = tasks.filter((task) => task.lastStatus !== "STOPPED");
  if (!dependsOnSites(strategyOf(service)) || !mayStop(service, live)) return {};
  const ids = new Set(live.map((task) => task.containerInstanceId));
  const instances = await controlPlane.store.instances.findMany(service.cluster, [...ids]);
  return Object.fromEntries(instances.map((each) => [each.ledger.id, stopSiteOf(each)]));
}

const mayStop = (service: Service, live: readonly Task[]): boolean =>
  service.status === "ACTIVE" && (live.length > service.desiredCount || !service.steady);

/** An instance as the order of stops sees it. */
export function stopSiteOf({ instance, ledger }: Candidate): StopSite {
  const { cpuUnits, memoryMiB } = remaining(instance.registered, ledger);
  return {
    cpuUnits,
    memoryMiB,
    attributes: new Map(instance.attributes.map(({ name, value = "" }) => [name, value])),
  };
}
