import type { Service } from "@berth/domain/service";
import type { Member } from "./census.ts";
import { settleCompletion } from "./completion.ts";
import { bake, withWatch } from "./deployment-alarms.ts";
import type { Decision, StartBatch } from "./decision.ts";
import type { ServiceSnapshot } from "./plan-service.ts";
import type { SettledStarts } from "./planned-starts.ts";
import { stopEvents } from "./planned-stops.ts";
import { listProblems } from "./problems.ts";
import { settleServiceDeployments } from "./service-deployments.ts";
import { reachedSteadyState, startedTasks } from "./service-events.ts";
import { tellStanding } from "./standing-events.ts";
import type { Stock } from "./take-stock.ts";
import { isThrottled } from "./throttle.ts";

/** What a scheduling strategy makes of the state of things. */
export interface Choice {
  readonly settled: SettledStarts;
  readonly starts: readonly StartBatch[];
  readonly stops: readonly Member[];
  /** The service has what it wants, and nothing else. */
  readonly isSettled: boolean;
  /** Messages of what holds the strategy up, told while it lasts. */
  readonly blocks: readonly string[];
  /** Members of the service that are the strategy's own. */
  readonly changes?: Partial<Service>;
  /** Told once, after what was started and stopped. */
  readonly events?: readonly string[];
  /** Epoch ms: times at which the strategy would choose otherwise. */
  readonly changesAt: readonly (number | undefined)[];
}

/** The decision that follows from a choice: verdict, events, and when to look again. */
export function conclude(snapshot: ServiceSnapshot, stock: Stock, choice: Choice): Decision {
  const { service, tasks, now } = snapshot;
  const { verdict, primary, census } = stock;
  const { settled, stops, events = [] } = choice;
  const baked = bake(snapshot, stock.alarms, choice.isSettled);
  const completion = settleCompletion(
    { ...service, ...verdict },
    { census, isSettled: choice.isSettled && baked.isOver },
    now,
  );
  const problems = [
    ...listProblems(service.name, { census, planned: settled.planned, primary }),
    ...choice.blocks,
  ];
  const steadyState = completion.steady ? [reachedSteadyState(service.name)] : [];
  const told = tellStanding(service.lastTold, [...problems, ...steadyState], now);
  const isNews = (message: string) => told.news.has(message);
  return {
    changes: {
      ...choice.changes,
      countedFailures: stock.countedFailures,
      taskDefinition: verdict.taskDefinition,
      deployments: completion.deployments,
      serviceDeployments: settleServiceDeployments(
        { ...service, serviceDeployments: withWatch(service.serviceDeployments, baked.watch) },
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
    starts: choice.starts
      .filter(({ count }) => count > 0)
      .map((batch) => Object.assign({ deploymentId: primary.id }, batch)),
    stops,
    events: [
      ...problems.filter(isNews),
      ...startEvents(service, settled.started, stock),
      ...stopEvents(service.name, stops),
      ...events,
      ...verdict.events,
      ...completion.events,
      ...steadyState.filter(isNews),
    ],
    lastTold: told.lastTold,
    ...wakeUp([
      census.changesAt,
      ...choice.changesAt,
      baked.lookAt,
      isThrottled(primary, now) ? primary.throttledUntil : undefined,
      settled.planned.length > 0 ? now + RETRY_PLACEMENT_MS : undefined,
      ...settled.withdrawn.map(({ until }) => until),
      told.tellAgainAt,
    ]),
  };
}

export const NONE: readonly never[] = [];

/** Freed capacity wakes a waiting service at once; this is for the wake-up that was lost. */
const RETRY_PLACEMENT_MS = 30_000;

/** Those that even the zones out are told of zone by zone, by who started them. */
function startEvents(
  { name, plannedStarts }: Service,
  started: readonly string[],
  { census }: Stock,
): readonly string[] {
  const moves = new Set(
    plannedStarts.filter((start) => start.availabilityZone).map(({ taskId }) => taskId),
  );
  const wanted = started.filter((id) => !moves.has(id));
  if (wanted.length === 0) return [];
  const unhealthy = census.replaced.filter((member) => member.condition === "UNHEALTHY");
  return [startedTasks(name, wanted, Math.min(wanted.length, unhealthy.length))];
}

/** When to look again, given all the times at which something changes. */
export function wakeUp(times: readonly (number | undefined)[]): Pick<Decision, "wakeAt"> {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? { wakeAt: Math.min(...known) } : {};
}
