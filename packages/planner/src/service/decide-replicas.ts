import { shareStarts } from "../capacity/share-starts.ts";
import { boundsOf } from "./bounds.ts";
import { countOccupying } from "./census.ts";
import { isRolledOut } from "./completion.ts";
import { conclude, NONE } from "./conclude.ts";
import type { Decision } from "./decision.ts";
import type { ServiceSnapshot } from "./plan-service.ts";
import { settlePlannedStarts } from "./planned-starts.ts";
import { listBlocks } from "./problems.ts";
import { heldByProtection } from "./protection.ts";
import { followMoves, planMoves } from "./rebalancing.ts";
import type { Moves } from "./rebalancing.ts";
import { chooseStops } from "./rolling-stops.ts";
import { countStarts } from "./rollout.ts";
import type { Rollout } from "./rollout.ts";
import { stopOrder } from "./stop-preference.ts";
import type { StopStep } from "./stop-preference.ts";
import { strategyOf } from "./strategy-of.ts";
import { takeStock } from "./take-stock.ts";
import type { Stock } from "./take-stock.ts";

/** A REPLICA service: so many tasks, wherever they are. */
export function decideReplicas(snapshot: ServiceSnapshot): Decision {
  const stock = takeStock(snapshot);
  const moves = followMoves(snapshot, stock);
  const { settled, rollout } = rolloutOf(snapshot, stock, moves);
  const stops = moves.mark(chooseStops(rollout));
  const held = heldByProtection(rollout, stops);
  const isSettled = isRolledOut(rollout) && moves.count === 0;
  const next = planMoves(snapshot, { stock, rollout, moves, isSettled });
  return conclude(snapshot, stock, {
    settled,
    starts: shareStarts(
      [{ count: countStarts(rollout) }, ...next.starts],
      stock.primary.capacityProviderStrategy,
      { kept: stock.census.kept, planned: settled.planned },
    ),
    stops,
    isSettled: isSettled && next.starts.length === 0,
    blocks: listBlocks(snapshot.service.name, { rollout, stops, held }),
    changes: next.changes,
    events: next.events,
    changesAt: [...held.map(({ protectedUntil }) => protectedUntil), next.changesAt],
  });
}

/** Whom a task is taken from is for the strategy of providers to say, and only then for that of places. */
const stepsOf = ({ capacityProviderStrategy: shares }: Stock["primary"]): readonly StopStep[] =>
  shares ? [{ type: "providers", shares }] : [];

function rolloutOf(snapshot: ServiceSnapshot, stock: Stock, moves: Moves) {
  const { service, now } = snapshot;
  const { primary, census } = stock;
  const bounds = boundsOf(service.desiredCount, service.deploymentConfiguration);
  // While a task moves to another zone there is one more.
  const desiredCount = service.desiredCount + moves.count;
  const settled = settlePlannedStarts(service.plannedStarts, {
    ...snapshot,
    now,
    primary,
    withdrawnStarts: service.withdrawnStarts ?? NONE,
    limit: Math.min(desiredCount - census.kept.length, bounds.ceiling - countOccupying(census)),
    isWanted: moves.isWanted,
  });
  const rollout: Rollout = {
    desiredCount,
    bounds,
    primaryId: primary.id,
    census,
    planned: settled.planned,
    withdrawn: settled.withdrawn.length,
    moving: moves.open,
    stopOrder: stopOrder(
      moves.stopStrategy([...stepsOf(primary), ...strategyOf(service)]),
      snapshot.sites ?? {},
    ),
    held: stock.held,
  };
  return { settled, rollout };
}
