import { taskDemand } from "@berth/domain/resources";
import type { Attribute } from "@berth/domain/container-instance";
import type { PlacementStrategy } from "@berth/domain/service";
import type { PlacementConstraint, TaskDefinition } from "@berth/domain/task-definition";
import type { Task, TaskOverrides } from "@berth/domain/task";
import type { PlacementPlan } from "@berth/planner/placement/place";
import { planPlacement } from "@berth/planner/placement/place";
import type { New, StoredInstance } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { Board, PlacementOutcome } from "./commit-placements.ts";
import { commitPlacements } from "./commit-placements.ts";

/** Equal tasks that look for their instances. */
export interface PlaceTasksRequest {
  readonly cluster: string;
  readonly definition: TaskDefinition;
  readonly group: string;
  readonly taskIds: readonly string[];
  /** Beside those of the definition. */
  readonly constraints: readonly PlacementConstraint[];
  readonly strategy: readonly PlacementStrategy[];
  readonly overrides?: TaskOverrides;
  /** Beside those of the definition. */
  readonly requiresAttributes?: readonly Attribute[];
  /** Epoch ms: nothing is started later; what is left over is neither placed nor unplaced. */
  readonly startBefore?: number;
  /** Where the caller has read them: all live tasks of the group, and stopped ones maybe. */
  readonly groupTasks?: readonly Task[];
  /** The task to be written once its place is reserved. */
  newTask(
    taskId: string,
    containerInstanceId: string,
    availabilityZone: string | undefined,
  ): New<Task>;
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
    demand: taskDemand(request.definition, request.overrides),
    choose: (taskIds, round) =>
      view.index.plan({
        ...placementRequest(request),
        taskIds,
        constraints: [...request.definition.placementConstraints, ...request.constraints],
        strategy: request.strategy,
        seed: `${taskIds[0]}/${round}`,
      }),
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
    demand: taskDemand(request.definition, request.overrides),
    choose: (taskIds) => chooseGiven(board, { ...request, taskIds, chosen }),
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

interface GivenPlaces extends StartTasksRequest {
  readonly taskIds: readonly string[];
  readonly chosen: ReadonlyMap<string, string>;
}

function chooseGiven(board: Board, request: GivenPlaces): PlacementPlan {
  const byInstance = Map.groupBy(request.taskIds, (taskId) => request.chosen.get(taskId) ?? "");
  const plans = [...byInstance].map(([containerInstanceId, taskIds]) => {
    const candidate = board.get(containerInstanceId);
    const reason = whyNoCandidate(candidate);
    if (!candidate || reason !== undefined) {
      const failures = [{ containerInstanceId, reason: reason ?? "MISSING", detail: "" }];
      return { placed: [], unplaced: taskIds.map((taskId) => ({ taskId, failures })) };
    }
    const common = { ...placementRequest(request), taskIds, constraints: [], strategy: [] };
    return planPlacement([candidate], { ...common, seed: containerInstanceId });
  });
  return {
    placed: plans.flatMap(({ placed }) => placed),
    unplaced: plans.flatMap(({ unplaced }) => unplaced),
  };
}

function whyNoCandidate(candidate: StoredInstance | undefined): string | undefined {
  if (!candidate) return "MISSING";
  return candidate.ledger.status === "ACTIVE" ? undefined : "INACTIVE";
}

const placementRequest = (
  request: Pick<PlaceTasksRequest, "group" | "definition" | "overrides" | "requiresAttributes">,
) => ({
  group: request.group,
  demand: taskDemand(request.definition, request.overrides),
  requiresAttributes: [
    ...request.definition.requiresAttributes,
    ...(request.requiresAttributes ?? []),
  ],
});
