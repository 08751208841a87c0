import type { Service } from "@berth/domain/service";
import { groupHash, groupHashOfTask } from "@berth/domain/group-hash";
import { isServiceTask, serviceGroup, type Task } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Candidate } from "@berth/planner/placement/place";
import { suitability } from "@berth/planner/placement/suitability";
import type { DaemonInstance } from "@berth/planner/service/daemon-instances";
import type { ServiceSnapshot } from "@berth/planner/service/plan-service";
import type { StoredInstance } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import { serviceRequirements } from "../placement/service-request.ts";
import { readStopSites } from "./stop-sites.ts";

type Ground = Pick<ServiceSnapshot, "sites" | "zones" | "instances">;

/** What the plan of a service depends on of the cluster's instances: read only where it does. */
export async function readGround(
  controlPlane: ControlPlane,
  service: Service,
  tasks: readonly Task[],
  definition: TaskDefinition | undefined,
): Promise<Ground> {
  const isSuitable = suitability(serviceRequirements(service, definition));
  if (service.schedulingStrategy === "DAEMON") {
    return { instances: await readDaemonInstances(controlPlane, service, isSuitable) };
  }
  return {
    sites: await readStopSites(controlPlane, service, tasks),
    ...(mayBeRebalanced(service, tasks) && {
      zones: await readZones(controlPlane, service, isSuitable),
    }),
  };
}

/** Whether an instance is one on which a task of the PRIMARY deployment may be, beside room. */
type IsSuitable = (candidate: Candidate) => boolean;

async function readDaemonInstances(
  controlPlane: ControlPlane,
  service: Service,
  isSuitable: IsSuitable,
): Promise<readonly DaemonInstance[]> {
  const { instances, services } = controlPlane.store;
  const [all, daemons] = await Promise.all([
    instances.all(service.cluster),
    services.daemons(service.cluster),
  ]);
  const hashes = new Set([service.name, ...daemons].map((name) => groupHash(serviceGroup(name))));
  return Promise.all(
    all.map(async (each) => ({
      id: each.ledger.id,
      status: each.ledger.status === "DRAINING" ? ("DRAINING" as const) : ("ACTIVE" as const),
      agentConnected: each.ledger.agentConnected,
      isSuitable: isSuitable(each),
      replicaCount: await countReplicas(controlPlane, each, hashes),
    })),
  );
}

/** Tasks of services that a drain moves away; standalone ones stay as long as they like. */
async function countReplicas(
  { store }: ControlPlane,
  { ledger }: StoredInstance,
  daemons: ReadonlySet<string>,
): Promise<number> {
  if (ledger.status !== "DRAINING") return 0;
  const others = Object.keys(ledger.reservations).filter((id) => !daemons.has(groupHashOfTask(id)));
  const tasks = await store.tasks.glance(ledger.cluster, others);
  return tasks.filter((task) => isServiceTask(task) && task.lastStatus !== "STOPPED").length;
}

/** Only a service at rest, or one whose rebalancing is under way. */
const mayBeRebalanced = (service: Service, tasks: readonly Task[]): boolean =>
  service.status === "ACTIVE" &&
  service.availabilityZoneRebalancing === "ENABLED" &&
  service.desiredCount > 1 &&
  (service.rebalancing?.isUnderWay === true || isAtRest(service, tasks));

const isAtRest = ({ desiredCount, deployments }: Service, tasks: readonly Task[]): boolean =>
  deployments.length === 1 &&
  deployments[0]?.rolloutState === "COMPLETED" &&
  tasks.length === desiredCount &&
  tasks.every((task) => task.lastStatus === "RUNNING" && task.desiredStatus === "RUNNING");

/** By what this process knows of the cluster: a zone more or less shows with the next look. */
async function readZones(
  controlPlane: ControlPlane,
  { cluster }: Service,
  isSuitable: IsSuitable,
): Promise<readonly string[]> {
  const view = controlPlane.views.of(cluster);
  await view.refresh(controlPlane);
  const zones = new Set<string>();
  for (const id of view.ids()) {
    const known = view.get(id);
    const zone = known && zoneOf(known);
    if (!known || zone === undefined || zones.has(zone)) continue;
    const isUsable = known.ledger.status === "ACTIVE" && known.ledger.agentConnected;
    if (isUsable && isSuitable(known)) zones.add(zone);
  }
  return [...zones].toSorted();
}

const zoneOf = ({ instance }: StoredInstance): string | undefined =>
  instance.attributes.find(({ name }) => name === "ecs.availability-zone")?.value;
