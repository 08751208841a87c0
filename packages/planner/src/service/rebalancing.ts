import type { PlacementStrategy, PlannedStart, Rebalancing, Service } from "@berth/domain/service";
import { isHealthy } from "./census.ts";
import type { Member } from "./census.ts";
import type { Choice } from "./conclude.ts";
import type { StartBatch } from "./decision.ts";
import type { ServiceSnapshot } from "./plan-service.ts";
import type { Rollout } from "./rollout.ts";
import {
  balancedOverZones,
  movingOverZones,
  startedInZone,
  stoppedRebalancing,
  unableToPlaceInZone,
} from "./service-events.ts";
import type { StopStep } from "./stop-preference.ts";
import type { Stock } from "./take-stock.ts";
import { countByZone, evenOut } from "./zone-balance.ts";

/** The tasks that were started to even the zones out and are not yet healthy. */
export interface Moves {
  /** Their ids; none where the rebalancing has to end. */
  readonly open: readonly string[];
  readonly count: number;
  readonly isUnderWay: boolean;
  /** The zone in which no instance took one. */
  readonly failedZone: string | undefined;
  /** What was meant to go on cannot: the service changed, or a zone has no room. */
  readonly isOver: boolean;
  /** Whether a planned start is still wanted. */
  readonly isWanted: (start: PlannedStart) => boolean;
  /** What the order of stops follows. */
  stopStrategy(strategy: readonly StopStep[]): readonly StopStep[];
  /** Says of these stops that they are for the balance, where they are. */
  mark(stops: readonly Member[]): readonly Member[];
}

/** A zone that had no room is not tried again before. */
const RETRY_AFTER_MS = 10 * 60_000;

const OVER_ZONES: PlacementStrategy = { type: "spread", field: "attribute:ecs.availability-zone" };

/** What became of the moves under way. Source: ECS developer guide, Availability Zone rebalancing. */
export function followMoves(snapshot: ServiceSnapshot, stock: Stock): Moves {
  const { service } = snapshot;
  const { rebalancing } = service;
  const isUnderWay = rebalancing?.isUnderWay ?? false;
  const failed = service.plannedStarts.find((start) => hasNoRoom(snapshot, start));
  const stillOpen = isUnderWay ? openMoves(snapshot, stock) : [];
  // Those that found room go on: else a zone with room for one would never get it.
  const isStuck = failed !== undefined && stillOpen.length === 0;
  const isOver = isUnderWay && (isStuck || !mayGoOn(snapshot, stock));
  const open = isOver ? [] : stillOpen;
  return {
    open,
    count: open.length,
    isUnderWay,
    failedZone: failed?.availabilityZone,
    isOver,
    isWanted: (start) => start.availabilityZone === undefined || open.includes(start.taskId),
    stopStrategy: (strategy) => (isUnderWay ? [OVER_ZONES, ...strategy] : strategy),
    mark: (stops) =>
      isUnderWay && !isOver ? stops.map((member) => Object.assign({}, member, BALANCE)) : stops,
  };
}

const BALANCE = { forBalance: true } as const;

const hasNoRoom = (
  { placementFailures }: ServiceSnapshot,
  { availabilityZone, taskId, unplaced }: PlannedStart,
): boolean =>
  availabilityZone !== undefined && (unplaced !== undefined || taskId in placementFailures);

/** Only a service at rest is rebalanced: what else is to be done for it comes first. */
function mayGoOn({ service }: ServiceSnapshot, { primary, census }: Stock): boolean {
  return (
    service.availabilityZoneRebalancing === "ENABLED" &&
    primary.rolloutState === "COMPLETED" &&
    census.replaced.length === 0 &&
    service.rebalancing?.desiredCount === service.desiredCount
  );
}

function openMoves(snapshot: ServiceSnapshot, { census }: Stock): readonly string[] {
  const { service, tasks } = snapshot;
  const { rebalancing, plannedStarts } = service;
  const written = new Set(tasks.map(({ id }) => id));
  const planned = plannedStarts.filter(
    (start) => start.availabilityZone !== undefined && !hasNoRoom(snapshot, start),
  );
  const coming = new Set(
    census.kept.filter((member) => !isHealthy(member)).map(({ task }) => task.id),
  );
  const ids = new Set([...(rebalancing?.moves ?? []), ...planned.map(({ taskId }) => taskId)]);
  const unwritten = new Set(planned.map(({ taskId }) => taskId).filter((id) => !written.has(id)));
  return [...ids].filter((id) => coming.has(id) || unwritten.has(id));
}

interface Situation {
  readonly stock: Stock;
  readonly rollout: Rollout;
  readonly moves: Moves;
  /** Nothing is to be done but this. */
  readonly isSettled: boolean;
}

export interface NextMoves extends Required<Pick<Choice, "starts" | "events" | "changes">> {
  /** Epoch ms. */
  readonly changesAt: number | undefined;
}

/** Begins, goes on with and ends rebalancing, and tells of it. */
export function planMoves(snapshot: ServiceSnapshot, situation: Situation): NextMoves {
  const { service, now } = snapshot;
  const { moves, isSettled } = situation;
  const { failedZone } = moves;
  const told = [
    ...startedMoves(snapshot),
    ...(failedZone === undefined ? [] : [unableToPlaceInZone(service.name, failedZone)]),
  ];
  if (moves.isOver) return abort(snapshot, moves, told);
  const retryAt = service.rebalancing?.retryAt;
  if (moves.count > 0 || !isSettled) return goOn(snapshot, moves, told);
  if (retryAt !== undefined && retryAt > now)
    return { ...goOn(snapshot, moves, told), changesAt: retryAt };
  return beginOrEnd(snapshot, situation, told);
}

function beginOrEnd(
  snapshot: ServiceSnapshot,
  { stock, rollout, moves }: Situation,
  told: readonly string[],
): NextMoves {
  const { service, zones = [] } = snapshot;
  const { name, desiredCount } = service;
  const isEligible =
    service.availabilityZoneRebalancing === "ENABLED" && stock.primary.rolloutState === "COMPLETED";
  if (!isEligible || zones.length === 0) {
    // With a deployment that completes now the zones come to be looked at.
    const isNext = stock.primary.rolloutState === "IN_PROGRESS" && mayEverMove(service);
    return { ...goOn(snapshot, moves, told), changesAt: isNext ? snapshot.now : undefined };
  }

  const { kept } = stock.census;
  const room = rollout.bounds.ceiling - kept.length - rollout.withdrawn;
  const into = evenOut(kept, zones, room);
  const counts = countByZone(kept, zones);
  if (into.length > 0) {
    const events = [...told, movingOverZones(name, counts)];
    return next({ isUnderWay: true, desiredCount, moves: [] }, startsIn(into), events);
  }
  if (!moves.isUnderWay) return goOn(snapshot, moves, told);
  const isEven = evenOut(kept, zones, kept.length).length === 0;
  const events = [...told, isEven ? balancedOverZones(name, counts) : stoppedRebalancing(name)];
  return next({ isUnderWay: false, desiredCount, moves: [] }, [], events);
}

const mayEverMove = ({ availabilityZoneRebalancing, desiredCount }: Service): boolean =>
  availabilityZoneRebalancing === "ENABLED" && desiredCount > 1;

const startsIn = (zones: readonly string[]): readonly StartBatch[] =>
  [...Map.groupBy(zones, (zone) => zone)].map(([availabilityZone, { length: count }]) => ({
    availabilityZone,
    count,
  }));

function abort(
  snapshot: ServiceSnapshot,
  { failedZone }: Moves,
  told: readonly string[],
): NextMoves {
  const { name, desiredCount } = snapshot.service;
  const retryAt = snapshot.now + RETRY_AFTER_MS;
  const ended = { isUnderWay: false, desiredCount, moves: [] };
  const rebalancing = failedZone === undefined ? ended : { ...ended, retryAt };
  return next(rebalancing, [], [...told, stoppedRebalancing(name)]);
}

/** Nothing new: only which moves are open may have changed. Those still planned are known as such. */
function goOn(
  { service, tasks }: ServiceSnapshot,
  { open }: Moves,
  events: readonly string[],
): NextMoves {
  const { rebalancing } = service;
  const written = new Set(tasks.map(({ id }) => id));
  const moves = open.filter((id) => written.has(id));
  const isUnchanged = rebalancing === undefined || rebalancing.moves.join() === moves.join();
  const changes = isUnchanged ? {} : { rebalancing: { ...rebalancing, moves } };
  return { starts: [], events, changes, changesAt: undefined };
}

const next = (
  rebalancing: Rebalancing,
  starts: readonly StartBatch[],
  events: readonly string[],
): NextMoves => ({ starts, events, changes: { rebalancing }, changesAt: rebalancing.retryAt });

/** Which moves have become tasks since the last pass. */
function startedMoves({ service, tasks }: ServiceSnapshot): readonly string[] {
  const written = new Set(tasks.map(({ id }) => id));
  const started = service.plannedStarts.filter(
    (start) => start.availabilityZone !== undefined && written.has(start.taskId),
  );
  return [...Map.groupBy(started, (start) => start.availabilityZone ?? "")].map(([zone, starts]) =>
    startedInZone(
      service.name,
      zone,
      starts.map(({ taskId }) => taskId),
    ),
  );
}
