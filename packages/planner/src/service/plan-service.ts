import type { PlacementFailure, Service } from "@berth/domain/service";
import type { StopCode } from "@berth/domain/task-status";
import type { Task } from "@berth/domain/task";
import type { Census } from "./census.ts";
import { settleCompletion } from "./completion.ts";
import { applyDecision } from "./decision.ts";
import type { Decision } from "./decision.ts";
import { openStopsOf, stopEvents } from "./planned-stops.ts";
import { primaryOf } from "./primary-deployment.ts";
import { heldByProtection } from "./protection.ts";
import { decideRemoval } from "./remove-service.ts";
import { chooseStops } from "./rolling-stops.ts";
import { countStarts } from "./rollout.ts";
import { settleServiceDeployments } from "./service-deployments.ts";
import { reachedSteadyState, startedTasks } from "./service-events.ts";
import { listProblems } from "./problems.ts";
import { tellStanding } from "./standing-events.ts";
import type { StopSites } from "./stop-preference.ts";
import { NONE, censusOf, takeStock } from "./take-stock.ts";
import { isThrottled } from "./throttle.ts";

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
  readonly starts: readonly { readonly deploymentId: string; readonly count: number }[];
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
  const { service, now } = snapshot;
  const tasks = snapshot.tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const decision =
    service.status === "ACTIVE"
      ? decideActive({ ...snapshot, tasks })
      : decideRemoval(service, tasks, censusOf(snapshot, tasks, service.deployments), now);
  const next = applyDecision(service, decision, tasks, now);
  return {
    service: next,
    starts:
      decision.startCount > 0
        ? [{ deploymentId: primaryOf(next.deployments).id, count: decision.startCount }]
        : [],
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

function decideActive(snapshot: ServiceSnapshot): Decision {
  const { service, tasks, now } = snapshot;
  const { countedFailures, verdict, primary, settled, rollout } = takeStock(snapshot);
  const stops = chooseStops(rollout);
  const completion = settleCompletion({ ...service, ...verdict }, rollout, now);
  const held = heldByProtection(rollout, stops);
  const problems = listProblems(service.name, { rollout, stops, held, primary });
  const steadyState = completion.steady ? [reachedSteadyState(service.name)] : [];
  const told = tellStanding(service.lastTold, [...problems, ...steadyState], now);
  const isNews = (message: string) => told.news.has(message);
  return {
    changes: {
      countedFailures,
      taskDefinition: verdict.taskDefinition,
      deployments: completion.deployments,
      serviceDeployments: settleServiceDeployments(
        service,
        tasks,
        { deployments: completion.deployments, failure: verdict.failure },
        now,
      ),
      plannedStarts: settled.planned,
      ...(settled.withdrawn !== service.withdrawnStarts &&
        settled.withdrawn !== NONE && { withdrawnStarts: settled.withdrawn }),
      steady: completion.steady,
      ...(told.news.size > 0 && { lastTold: told.lastTold }),
    },
    startCount: countStarts(rollout),
    stops,
    events: [
      ...problems.filter(isNews),
      ...startEvents(service.name, settled.started, rollout.census),
      ...stopEvents(service.name, stops),
      ...verdict.events,
      ...completion.events,
      ...steadyState.filter(isNews),
    ],
    lastTold: told.lastTold,
    ...wakeUp([
      rollout.census.changesAt,
      ...held.map(({ protectedUntil }) => protectedUntil),
      isThrottled(primary, now) ? primary.throttledUntil : undefined,
      settled.planned.length > 0 ? now + RETRY_PLACEMENT_MS : undefined,
      ...settled.withdrawn.map(({ until }) => until),
      told.tellAgainAt,
    ]),
  };
}

/** Freed capacity wakes a waiting service at once; this is for the wake-up that was lost. */
const RETRY_PLACEMENT_MS = 30_000;

function startEvents(
  service: string,
  started: readonly string[],
  { replaced }: Census,
): readonly string[] {
  if (started.length === 0) return [];
  const unhealthy = replaced.filter((member) => member.condition === "UNHEALTHY");
  return [startedTasks(service, started, Math.min(started.length, unhealthy.length))];
}

function wakeUp(times: readonly (number | undefined)[]): Pick<Decision, "wakeAt"> {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? { wakeAt: Math.min(...known) } : {};
}
