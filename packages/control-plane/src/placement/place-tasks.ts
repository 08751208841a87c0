import { taskDemand } from "@berth/domain/resources";
import { platformAttributes } from "@berth/domain/task-definition/platform-attributes";
import type { Attribute } from "@berth/domain/container-instance";
import type { PlacementStrategy } from "@berth/domain/service";
import type { PlacementConstraint, TaskDefinition } from "@berth/domain/task-definition";
import type { Task, TaskOverrides } from "@berth/domain/task";
import type { Candidate, PlacementPlan, PlacementRequest } from "@berth/planner/placement/place";
import { planPlacement } from "@berth/planner/placement/place";
import type { New, StoredInstance } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import type { PlacementOutcome } from "./commit-placements.ts";
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
  /** Where the caller has read them already. */
  readonly instances?: readonly StoredInstance[];
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
  const instances = request.instances ?? (await controlPlane.store.instances.all(request.cluster));
  return commitPlacements(controlPlane, {
    ...request,
    instances,
    demand: taskDemand(request.definition, request.overrides),
    choose: (candidates, taskIds, round) =>
      planPlacement(
        candidates,
        placementRequest({ ...request, taskIds, seed: `${taskIds[0]}/${round}` }),
      ),
  });
}

/** What decides where tasks go. */
type Wish = Pick<
  PlaceTasksRequest,
  "group" | "taskIds" | "definition" | "overrides" | "requiresAttributes"
> & { readonly seed: string };

/** What the planner is asked for tasks whose instances it chooses: all that the definition and the request say. */
export const placementRequest = (
  request: Wish & Pick<PlaceTasksRequest, "constraints" | "strategy">,
): PlacementRequest => ({
  ...givenPlaceRequest(request),
  constraints: [...request.definition.placementConstraints, ...request.constraints],
  strategy: request.strategy,
});

/** For tasks whose instances the caller chose, constraints and strategies do not count. */
const givenPlaceRequest = ({ definition, ...request }: Wish): PlacementRequest => ({
  taskIds: request.taskIds,
  group: request.group,
  demand: taskDemand(definition, request.overrides),
  requiresAttributes: [
    ...definition.requiresAttributes,
    ...platformAttributes(definition),
    ...(request.requiresAttributes ?? []),
  ],
  constraints: [],
  strategy: [],
  seed: request.seed,
});

export interface StartTasksRequest extends Omit<
  PlaceTasksRequest,
  "taskIds" | "constraints" | "strategy" | "instances"
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
  return commitPlacements(controlPlane, {
    ...request,
    taskIds: [...chosen.keys()],
    instances,
    demand: taskDemand(request.definition, request.overrides),
    choose: (candidates, taskIds) => planGivenPlaces(candidates, { ...request, taskIds, chosen }),
  });
}

/** Where each task shall go. */
interface GivenPlaces extends Omit<Wish, "seed"> {
  readonly chosen: ReadonlyMap<string, string>;
}

/** Which of the tasks their instances take: each is asked about its own alone. */
export function planGivenPlaces(
  candidates: readonly Candidate[],
  request: GivenPlaces,
): PlacementPlan {
  const byInstance = Map.groupBy(request.taskIds, (taskId) => request.chosen.get(taskId) ?? "");
  const plans = [...byInstance].map(([containerInstanceId, taskIds]) => {
    const candidate = candidates.find(({ ledger }) => ledger.id === containerInstanceId);
    const reason = whyNoCandidate(candidate);
    if (!candidate || reason !== undefined) {
      const failures = [
        {
          containerInstanceId,
          reason: reason ?? "MISSING",
          detail: `container instance: ${candidate?.ledger.status ?? "not in this cluster"}`,
        },
      ];
      return { placed: [], unplaced: taskIds.map((taskId) => ({ taskId, failures })) };
    }
    const wish = { ...request, taskIds, seed: containerInstanceId };
    return planPlacement([candidate], givenPlaceRequest(wish));
  });
  return {
    placed: plans.flatMap(({ placed }) => placed),
    unplaced: plans.flatMap(({ unplaced }) => unplaced),
  };
}

function whyNoCandidate(candidate: Candidate | undefined): string | undefined {
  if (!candidate) return "MISSING";
  return candidate.ledger.status === "ACTIVE" ? undefined : "INACTIVE";
}
