import type { AlarmLook } from "@berth/domain/alarm";
import type { PlacementFailure, Service } from "@berth/domain/service";
import type { StopCode } from "@berth/domain/task-status";
import type { Task } from "@berth/domain/task";
import type { DaemonInstance } from "./daemon-instances.ts";
import { withAffordableStops } from "./affordable-stops.ts";
import { decideDaemons } from "./decide-daemons.ts";
import { decideReplicas } from "./decide-replicas.ts";
import { decideTaskSets } from "./decide-task-sets.ts";
import { applyDecision } from "./decision.ts";
import type { PlannedBatch } from "./decision.ts";
import { openStopsOf } from "./planned-stops.ts";
import { decideRemoval } from "./remove-service.ts";
import type { StopSites } from "./stop-preference.ts";
import { censusOf } from "./take-stock.ts";

export interface ServiceSettings {
  readonly healthyAfterMs: number;
  /** The same in a deployment whose failures are watched for. */
  readonly provenAfterMs: number;
  readonly throttleFirstDelayMs: number;
  readonly throttleMaxDelayMs: number;
}

export interface ServiceSnapshot {
  readonly service: Service;
  /** Every task of the service that is not archived, stopped ones included; read after the service. */
  readonly tasks: readonly Task[];
  /** What the latest try to place the planned starts came to, where there was one. By task id. */
  readonly placementFailures: Readonly<Record<string, readonly PlacementFailure[]>>;
  /** Names of essential containers with a health check, by task definition name. */
  readonly checkedContainers: Readonly<Record<string, readonly string[]>>;
  /** The instances of these tasks, where the order of stops depends on them. */
  readonly sites?: StopSites;
  /** Zones with an instance that could take a task of a service that is evened out over them. */
  readonly zones?: readonly string[];
  /** All instances of the cluster, for a DAEMON. */
  readonly instances?: readonly DaemonInstance[];
  /** The alarms of its deployment, where they are watched. */
  readonly alarms?: AlarmLook;
  /** Epoch ms. */
  readonly now: number;
  readonly settings: ServiceSettings;
}

/**
 * Plain data; empty lists and an unchanged service mean converged or waiting. There are no events
 * without a changed service, so they are told once.
 */
export interface ServicePlan {
  /** The service as it should be written; the very same object where nothing changed. */
  readonly service: Service;
  /** New starts; the shell gives them ids and adds them to `plannedStarts`. */
  readonly starts: readonly PlannedBatch[];
  /** Including those that an earlier pass decided and did not live to order. */
  readonly stops: readonly {
    readonly taskId: string;
    readonly stopCode: StopCode;
    readonly reason: string;
  }[];
  /** Stopped tasks that are accounted for: to be moved to the archive. */
  readonly archive: readonly string[];
  /** Event texts, oldest first, in ECS's words; the shell gives them ids. */
  readonly events: readonly string[];
  /** Epoch ms: look again then, even if nothing happens until then. */
  readonly wakeAt?: number;
}

/**
 * One step of a service towards its desired count and its PRIMARY deployment: what to start and
 * stop now, given what is. Equal snapshots give equal plans, in whatever order the tasks come.
 */
export function planService(snapshot: ServiceSnapshot): ServicePlan {
  const { now } = snapshot;
  const tasks = snapshot.tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const isActive = snapshot.service.status === "ACTIVE";
  const service = isActive ? withAffordableStops({ ...snapshot, tasks }) : snapshot.service;
  const decision = isActive
    ? deciderOf(service)({ ...snapshot, service, tasks })
    : decideRemoval(service, tasks, censusOf(snapshot, tasks, service.deployments), now);
  const next = applyDecision(service, decision, tasks, now);
  return {
    service: next,
    starts: decision.starts,
    stops: openStopsOf(next, tasks, now).map(({ taskId, reason }) => ({
      taskId,
      stopCode: "ServiceSchedulerInitiated",
      reason,
    })),
    archive: tasks.filter((task) => task.lastStatus === "STOPPED").map((task) => task.id),
    events: decision.events,
    ...(decision.wakeAt !== undefined && { wakeAt: decision.wakeAt }),
  };
}

function deciderOf({ schedulingStrategy, taskSets }: Service): typeof decideReplicas {
  if (taskSets) return decideTaskSets;
  return schedulingStrategy === "DAEMON" ? decideDaemons : decideReplicas;
}
