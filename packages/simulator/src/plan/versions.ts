import type { PlannedChange, PlanVersions } from "@berth/contracts/rest/plan";
import { requestHash } from "@berth/control-plane/request-hash";
import type { ClusterSnapshot } from "./read-cluster.ts";

type VersionedState = Pick<ClusterSnapshot, "cluster" | "services" | "queuedRuns" | "instances">;

export function versionsOf(
  { cluster, services, queuedRuns, instances }: VersionedState,
  taskDefinition: string | undefined,
): PlanVersions {
  return {
    cluster: cluster.version,
    services: Object.fromEntries(services.map(({ name, version }) => [name, version])),
    queuedRuns: Object.fromEntries(queuedRuns.map(({ id, version }) => [id, version])),
    containerInstances: Object.fromEntries(
      instances.map(({ ledger }) => [ledger.id, ledger.version]),
    ),
    ...(taskDefinition !== undefined && { taskDefinition }),
  };
}

/** Names what is not as it was, such as `service web` or `container instance 0123…`. */
export function moved(planned: PlanVersions, now: PlanVersions): readonly string[] {
  return [
    ...(planned.cluster === now.cluster ? [] : ["cluster"]),
    ...movedMembers("service", planned.services, now.services),
    ...movedMembers("queued run", planned.queuedRuns, now.queuedRuns),
    ...movedMembers("container instance", planned.containerInstances, now.containerInstances),
    ...(planned.taskDefinition === now.taskDefinition
      ? []
      : [`task definition ${planned.taskDefinition}: now ${now.taskDefinition}`]),
  ];
}

/** Says which change of which state a plan is about. */
export const planIdOf = (cluster: string, change: PlannedChange, versions: PlanVersions): string =>
  requestHash({ cluster, change, versions });

type Versions = Readonly<Record<string, number>>;

function movedMembers(kind: string, planned: Versions, now: Versions): readonly string[] {
  const names = [...new Set([...Object.keys(planned), ...Object.keys(now)])].toSorted();
  return names
    .filter((name) => planned[name] !== now[name])
    .map((name) => `${kind} ${name}: ${howItMoved(planned[name], now[name])}`);
}

function howItMoved(planned: number | undefined, now: number | undefined): string {
  if (planned === undefined) return "new";
  return now === undefined ? "gone" : "changed";
}
