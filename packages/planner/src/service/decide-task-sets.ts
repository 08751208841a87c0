import type { Service, WithdrawnStart } from "@berth/domain/service";
import type { TaskSet } from "@berth/domain/task-set";
import { countOccupying } from "./census.ts";
import { wakeUp } from "./conclude.ts";
import { decideReplicas } from "./decide-replicas.ts";
import type { Decision } from "./decision.ts";
import type { ServiceSnapshot } from "./plan-service.ts";
import { stopEvents } from "./planned-stops.ts";
import { reachedSteadyState } from "./service-events.ts";
import { tellStanding } from "./standing-events.ts";
import { censusOf } from "./take-stock.ts";
import { failuresAfter, strayTasks, taskSetParts } from "./task-set-part.ts";
import type { TaskSetPart } from "./task-set-part.ts";

interface Decided {
  readonly part: TaskSetPart;
  readonly decision: Decision;
}

/**
 * A service whose deployments an outside controller makes: each task set comes to its own count, as
 * if it were all that there is. Nothing binds the sets to one another, and nothing ends one but its
 * deletion. Source: ECS developer guide, external deployment.
 */
export function decideTaskSets(snapshot: ServiceSnapshot): Decision {
  const { service, tasks, now } = snapshot;
  const decided = taskSetParts(service, tasks).map((part) => ({
    part,
    decision: decideReplicas({ ...snapshot, service: part.service, tasks: part.tasks }),
  }));
  const strays = censusOf(snapshot, strayTasks(service, tasks), []);
  const taskSets = settleSets(decided, service, now);
  const isSettled = taskSets.every(isAtRest) && countOccupying(strays) === 0;
  const told = tellStanding(
    service.lastTold,
    isSettled ? [reachedSteadyState(service.name)] : [],
    now,
  );
  const lastTold = Object.fromEntries(
    [told, ...decided.map(({ decision }) => decision)].flatMap((each) =>
      Object.entries(each.lastTold),
    ),
  );
  const isNews = told.news.size > 0 || decided.some(({ decision }) => decision.changes.lastTold);
  return {
    changes: {
      taskSets,
      plannedStarts: plannedStarts(service, decided),
      ...withdrawnStarts(decided),
      countedFailures: countedFailures(service, decided),
      steady: isSettled,
      ...(isNews && { lastTold }),
    },
    starts: decided.flatMap(({ decision }) => decision.starts),
    stops: [...strays.replaced, ...decided.flatMap(({ decision }) => decision.stops)],
    events: [
      ...stopEvents(service.name, strays.replaced),
      ...decided.flatMap(({ decision }) => decision.events),
      ...told.news,
    ],
    lastTold,
    ...wakeUp([told.tellAgainAt, ...decided.map(({ decision }) => decision.wakeAt)]),
  };
}

const isAtRest = ({ status, stabilityStatus }: TaskSet): boolean =>
  status !== "DRAINING" && stabilityStatus === "STEADY_STATE";

/** A deleted set leaves the list with the last of its tasks. The very same list where nothing changed. */
function settleSets(
  decided: readonly Decided[],
  { taskSets = [] }: Service,
  now: number,
): readonly TaskSet[] {
  const settled = decided.filter((each) => !isGone(each)).map((each) => settleSet(each, now));
  const isUnchanged =
    settled.length === taskSets.length && settled.every((set, index) => set === taskSets[index]);
  return isUnchanged ? taskSets : settled;
}

function isGone(each: Decided): boolean {
  const { part, decision } = each;
  const { set, tasks } = part;
  return (
    set.status === "DRAINING" &&
    tasks.every((task) => task.lastStatus === "STOPPED") &&
    decision.changes.plannedStarts?.length === 0 &&
    withdrawnFor(each).length === 0
  );
}

/** Source: ECS API reference, TaskSet `stabilityStatus`. */
function settleSet({ part, decision: { changes } }: Decided, now: number): TaskSet {
  const { set } = part;
  const failures = failuresAfter(part, changes);
  const stabilityStatus = changes.steady ? "STEADY_STATE" : "STABILIZING";
  if (failures === set.failures && stabilityStatus === set.stabilityStatus) return set;
  return {
    ...set,
    failures,
    ...(stabilityStatus !== set.stabilityStatus && { stabilityStatus, stabilityStatusAt: now }),
  };
}

/** The very same list where no set changed its part of it. */
function plannedStarts(service: Service, decided: readonly Decided[]): Service["plannedStarts"] {
  const isUnchanged = decided.every(
    ({ part, decision }) => decision.changes.plannedStarts === part.service.plannedStarts,
  );
  return isUnchanged
    ? service.plannedStarts
    : decided.flatMap(({ decision }) => decision.changes.plannedStarts ?? []);
}

function withdrawnStarts(decided: readonly Decided[]): Pick<Partial<Service>, "withdrawnStarts"> {
  const isUnchanged = decided.every(({ decision }) => !decision.changes.withdrawnStarts);
  return isUnchanged ? {} : { withdrawnStarts: decided.flatMap(withdrawnFor) };
}

const withdrawnFor = ({ part, decision }: Decided): readonly WithdrawnStart[] =>
  (decision.changes.withdrawnStarts ?? part.service.withdrawnStarts ?? []).map((start) =>
    Object.assign({}, start, { taskSetId: part.set.id }),
  );

/** The very same list where no set counted another failure. */
function countedFailures(
  { countedFailures: before }: Service,
  decided: readonly Decided[],
): Service["countedFailures"] {
  const after = new Set(decided.flatMap(({ decision }) => decision.changes.countedFailures ?? []));
  return after.size > before.length ? [...after] : before;
}
