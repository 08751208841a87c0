import { misfit, remaining } from "@berth/domain/container-instance";
import { groupHash, groupHashOfTask } from "@berth/domain/group-hash";
import type { PlacementStrategy } from "@berth/domain/service";
import { candidateLists, placementRequests } from "@berth/testing/arbitraries";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Candidate, PlacementRequest } from "../placement/place.ts";
import { planPlacement } from "../placement/place.ts";
import type { Move } from "./plan-moves.ts";
import { planMoves } from "./plan-moves.ts";

const MAX_MOVES = 50;

/** The candidates with the tasks that one placement after the other has put there by `placedBy`. */
function populated(
  candidates: readonly Candidate[],
  request: PlacementRequest,
  placedBy: readonly PlacementStrategy[],
): readonly Candidate[] {
  const { placed } = planPlacement(candidates, { ...request, strategy: placedBy });
  return candidates.map(({ instance, ledger }) => {
    const own = placed.filter((each) => each.containerInstanceId === instance.id);
    const held = { ...request.demand, reservedAt: 0 };
    const added = Object.fromEntries(own.map(({ taskId }) => [taskId, held]));
    return { instance, ledger: { ...ledger, reservations: { ...ledger.reservations, ...added } } };
  });
}

const movesOf = (candidates: readonly Candidate[], request: PlacementRequest) =>
  planMoves(candidates, {
    ...request,
    tasks: candidates.flatMap(({ instance, ledger }) =>
      Object.keys(ledger.reservations)
        .filter((id) => request.taskIds.includes(id))
        .map((taskId) => ({ taskId, containerInstanceId: instance.id })),
    ),
    maxMoves: MAX_MOVES,
  });

/** Each successor first takes its place, then its task goes. */
function carryOut(
  candidates: readonly Candidate[],
  moves: readonly Move[],
  look: (target: Candidate) => void,
): readonly Candidate[] {
  const now = new Map(candidates.map((each) => [each.instance.id, each]));
  const hold = (id: string, change: (held: Candidate["ledger"]["reservations"]) => object) => {
    const known = now.get(id);
    if (!known) return;
    const reservations = { ...change(known.ledger.reservations) };
    now.set(id, { ...known, ledger: { ...known.ledger, reservations } });
  };
  for (const { taskId, from, to } of moves) {
    const held = now.get(from)?.ledger.reservations[taskId];
    hold(to, (reservations) => ({ ...reservations, ...(held && { [taskId]: held }) }));
    const target = now.get(to);
    if (target) look(target);
    hold(from, ({ [taskId]: _gone, ...rest }) => rest);
  }
  return [...now.values()];
}

const worlds = fc
  .tuple(candidateLists, placementRequests, placementRequests)
  .map(([candidates, request, { strategy }]) => ({
    request,
    candidates: populated(candidates, request, strategy),
  }));

test("moves fit where they go, and come to an end at which there is none to make", () => {
  fc.assert(
    fc.property(worlds, ({ candidates, request }) => {
      const moves = movesOf(candidates, request);
      const after = carryOut(candidates, moves, ({ instance, ledger }) => {
        const left = remaining(instance.registered, ledger);
        expect(misfit(left, { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [] })).toBe(
          undefined,
        );
        expect(ledger).toMatchObject({ status: "ACTIVE", agentConnected: true });
      });
      expect(new Set(moves.map(({ taskId }) => taskId)).size).toBe(moves.length);
      const moved = new Set(moves.map(({ taskId }) => taskId));
      const others = request.taskIds.filter((id) => !moved.has(id));
      expect(movesOf(after, { ...request, taskIds: others })).toHaveLength(0);
    }),
  );
});

test("moves for an even spread never make it less even", () => {
  const strategy: PlacementStrategy[] = [{ type: "spread", field: "instanceId" }];
  fc.assert(
    fc.property(worlds, ({ candidates, request }) => {
      const spread = { ...request, strategy };
      const after = carryOut(candidates, movesOf(candidates, spread), () => undefined);
      expect(unevenness(after, request)).toBeLessThanOrEqual(unevenness(candidates, request));
    }),
  );
});

test("equal snapshots give equal moves, in whatever order they come", () => {
  fc.assert(
    fc.property(worlds, ({ candidates, request }) => {
      expect(movesOf(candidates.toReversed(), request)).toEqual(movesOf(candidates, request));
    }),
  );
});

/** The sum of the squares of how many tasks each instance has. */
const unevenness = (candidates: readonly Candidate[], { group }: PlacementRequest): number =>
  candidates
    .map(({ ledger }) => Object.keys(ledger.reservations))
    .map((ids) => ids.filter((id) => groupHashOfTask(id) === groupHash(group)).length)
    .reduce((sum, count) => sum + count ** 2, 0);
