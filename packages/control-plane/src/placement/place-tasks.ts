import { taskDemand } from "@berth/domain/resources";
import { overridden } from "@berth/domain/task-definition/overridden";
import type { PlacementStrategy } from "@berth/domain/service";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import type { Task } from "@berth/domain/task";
import type { TaskPlacement } from "@berth/domain/task-placement";
import type { New, StoredInstance } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { Board, PlacementOutcome } from "./commit-placements.ts";
import { commitPlacements } from "./commit-placements.ts";
import type { TaskPlace } from "./new-task.ts";
import { placementRequest, planGivenPlaces, type PlacementWish } from "./placement-request.ts";

/** Equal tasks that look for their instances. */
export interface PlaceTasksRequest extends PlacementWish {
  readonly cluster: string;
  /** Beside those of the definition. */
  readonly constraints: readonly PlacementConstraint[];
  readonly strategy: readonly PlacementStrategy[];
  /** Epoch ms: nothing is started later; what is left over is neither placed nor unplaced. */
  readonly startBefore?: number;
  /** Where the caller has read them: all live tasks of the group, and stopped ones maybe. */
  readonly groupTasks?: readonly Task[];
  /** The task to be written once its place is reserved. */
  newTask(place: TaskPlace): New<Task>;
}

/**
 * Places what can be placed: reserves the capacity, writes the tasks, wakes the dispatch of their
 * instances. Safe to repeat with the same task ids, and to break off anywhere: a reservation that is
 * there already is used again, a task that is there already counts as placed.
 */
export async function placeTasks(
  controlPlane: ControlPlane,
  request: PlaceTasksRequest,
): Promise<PlacementOutcome> {
  if (request.taskIds.length === 0) return { placed: [], unplaced: [] };
  const { store } = controlPlane;
  const view = controlPlane.views.of(request.cluster);
  const isAll = await view.refresh(controlPlane);
  if (request.groupTasks && !isAll) {
    await view.readHolders(store, request.group, request.groupTasks);
  }
  return commitPlacements(controlPlane, {
    ...request,
    board: boardOf(view, controlPlane, isAll),
    demand: taskDemand(overridden(request.definition, request.overrides)),
    choose: (taskIds, round) =>
      view.index.plan(
        placementRequest({ ...request, taskIds }, { ...request, seed: `${taskIds[0]}/${round}` }),
      ),
  });
}

function boardOf(view: ClusterView, controlPlane: ControlPlane, isFresh: boolean): Board {
  let isReread = isFresh;
  return {
    get: (id) => view.get(id),
    ids: () => view.ids(),
    take: (seen) => view.take(seen),
    drop: (id) => view.drop(id),
    reread: async () => {
      if (isReread) return false;
      isReread = true;
      return view.readAll(controlPlane);
    },
  };
}

export interface StartTasksRequest extends Omit<
  PlaceTasksRequest,
  "taskIds" | "constraints" | "strategy" | "groupTasks"
> {
  readonly places: readonly { readonly taskId: string; readonly containerInstanceId: string }[];
  /** Why there. */
  readonly placement: TaskPlacement;
}

/** The same on instances that the caller chose: only resources and attributes are checked. */
export async function startTasksOn(
  controlPlane: ControlPlane,
  request: StartTasksRequest,
): Promise<PlacementOutcome> {
  const chosen = new Map(request.places.map((each) => [each.taskId, each.containerInstanceId]));
  const instances = await controlPlane.store.instances.findMany(request.cluster, [
    ...new Set(chosen.values()),
  ]);
  const board = fixedBoard(instances);
  return commitPlacements(controlPlane, {
    ...request,
    taskIds: [...chosen.keys()],
    board,
    demand: taskDemand(overridden(request.definition, request.overrides)),
    newTask: (place) => request.newTask({ ...place, placement: request.placement }),
    choose: (taskIds) => planGivenPlaces((id) => board.get(id), { ...request, taskIds, chosen }),
  });
}

function fixedBoard(instances: readonly StoredInstance[]): Board {
  const known = new Map(instances.map((each) => [each.ledger.id, each]));
  return {
    get: (id) => known.get(id),
    ids: () => known.keys(),
    take: (seen) => void known.set(seen.ledger.id, seen),
    drop: (id) => void known.delete(id),
    reread: async () => false,
  };
}
