import { groupHash } from "@berth/domain/group-hash";
import type { Candidate, PlacementRequest } from "../placement/place.ts";
import { PlacementIndex } from "../placement/placement-index.ts";
import { compareScores } from "../placement/rank.ts";
import { Standings } from "./standings.ts";

/** A task that may go elsewhere, and where it is. */
export interface MovableTask {
  readonly taskId: string;
  readonly containerInstanceId: string;
}

/** Equal tasks that may be moved, and what decides where they are best. */
export interface RebalanceRequest extends Omit<PlacementRequest, "taskIds"> {
  readonly tasks: readonly MovableTask[];
  readonly maxMoves: number;
}

export interface Move {
  readonly taskId: string;
  /** Ids of container instances. */
  readonly from: string;
  readonly to: string;
}

/**
 * Moves after each of which the tasks stand better by their strategy than before: each task goes
 * where the strategy would place one more of its kind while it is still there itself, for its
 * successor starts first. None where no single move is better; equal snapshots give equal moves.
 */
export function planMoves(
  candidates: readonly Candidate[],
  request: RebalanceRequest,
): readonly Move[] {
  const state: State = {
    index: new PlacementIndex(candidates),
    standings: new Standings(candidates, request),
    movable: movableByInstance(request.tasks),
  };
  const moves: Move[] = [];
  while (moves.length < request.maxMoves) {
    const move = nextMove(state, request, moves.length);
    if (!move) break;
    state.movable.get(move.from)?.shift();
    for (const changed of state.standings.make(move)) state.index.set(changed);
    moves.push(move);
  }
  return moves;
}

interface State {
  readonly index: PlacementIndex;
  readonly standings: Standings;
  /** Ids of the tasks that have not been moved yet, by instance. */
  readonly movable: ReadonlyMap<string, string[]>;
}

function movableByInstance(tasks: readonly MovableTask[]): State["movable"] {
  const byId = tasks.toSorted((a, b) => (a.taskId < b.taskId ? -1 : 1));
  const groups = Map.groupBy(byId, ({ containerInstanceId }) => containerInstanceId);
  return new Map([...groups].map(([id, here]) => [id, here.map(({ taskId }) => taskId)]));
}

/** Of the tasks that stand worst the first that would stand better elsewhere. */
function nextMove(
  { index, standings, movable }: State,
  request: RebalanceRequest,
  number: number,
): Move | undefined {
  const to = successorPlace(index, request, number);
  if (to === undefined) return undefined;
  for (const from of standings.worstFirst(movable)) {
    const [taskId] = movable.get(from) ?? [];
    if (taskId === undefined || from === to) continue;
    const move = { taskId, from, to };
    const { there, here } = standings.compared(move);
    if (compareScores(there, here) < 0) return move;
  }
  return undefined;
}

/** Where the strategy would place one more task. */
function successorPlace(
  index: PlacementIndex,
  request: RebalanceRequest,
  number: number,
): string | undefined {
  // No task has an id like it, so it holds nothing yet.
  const taskId = `${groupHash(request.group)}-successor-${number}`;
  const [placement] = index.plan({ ...request, taskIds: [taskId] }).placed;
  return placement?.containerInstanceId;
}
