import { networkAttributes } from "@berth/domain/awsvpc";
import type { ProviderInstances } from "@berth/domain/capacity-provider";
import type { Attribute } from "@berth/domain/container-instance";
import { taskDemand } from "@berth/domain/resources";
import { overridden } from "@berth/domain/task-definition/overridden";
import type { PlacementStrategy } from "@berth/domain/service";
import type { TaskOverrides } from "@berth/domain/task";
import type { PlacementConstraint, TaskDefinition } from "@berth/domain/task-definition";
import { platformAttributes } from "@berth/domain/task-definition/platform-attributes";
import type {
  Candidate,
  InstanceRequirements,
  PlacementPlan,
  PlacementRequest,
} from "@berth/planner/placement/place";
import { planPlacement } from "@berth/planner/placement/place";

/** Equal tasks, and what of them decides which instances can take them. */
export interface PlacementWish {
  readonly taskIds: readonly string[];
  readonly group: string;
  readonly definition: TaskDefinition;
  readonly overrides?: TaskOverrides;
  /** Beside those of the definition. */
  readonly requiresAttributes?: readonly Attribute[];
  /** It is of one of these; of any where there are none. */
  readonly capacityProviders?: readonly ProviderInstances[];
}

interface ChoiceRules {
  /** Beside those of the definition. */
  readonly constraints: readonly PlacementConstraint[];
  readonly strategy: readonly PlacementStrategy[];
  readonly seed: string;
}

/** What the planner is asked for tasks whose instances it chooses: all that definition and request say. */
export const placementRequest = (
  wish: PlacementWish,
  { constraints, strategy, seed }: ChoiceRules,
): PlacementRequest => ({
  ...requestWithoutRules(wish),
  ...requirementsOf(wish.definition, { ...wish, constraints }),
  strategy,
  seed,
});

interface GivenPlaces extends PlacementWish {
  /** The instance of each task. */
  readonly chosen: ReadonlyMap<string, string>;
}

/** Which of the tasks the instances take that the caller chose: only resources and attributes are checked. */
export function planGivenPlaces(
  find: (containerInstanceId: string) => Candidate | undefined,
  wish: GivenPlaces,
): PlacementPlan {
  const byInstance = Map.groupBy(wish.taskIds, (taskId) => wish.chosen.get(taskId) ?? "");
  const plans = [...byInstance].map(([containerInstanceId, taskIds]) => {
    const candidate = find(containerInstanceId);
    if (candidate?.ledger.status === "ACTIVE") {
      return planPlacement([candidate], requestWithoutRules({ ...wish, taskIds }));
    }
    const failures = [
      {
        containerInstanceId,
        reason: candidate ? "INACTIVE" : "MISSING",
        detail: `container instance: ${candidate?.ledger.status ?? "not in this cluster"}`,
      },
    ];
    return { placed: [], unplaced: taskIds.map((taskId) => ({ taskId, failures })) };
  });
  return {
    placed: plans.flatMap(({ placed }) => placed),
    unplaced: plans.flatMap(({ unplaced }) => unplaced),
  };
}

/** What tasks of a definition ask of an instance beside room, and what those who start them add. */
export const requirementsOf = (
  definition: TaskDefinition,
  added: Partial<InstanceRequirements>,
): InstanceRequirements => ({
  requiresAttributes: [
    ...definition.requiresAttributes,
    ...platformAttributes(definition),
    ...networkAttributes(definition),
    ...(added.requiresAttributes ?? []),
  ],
  constraints: [...definition.placementConstraints, ...(added.constraints ?? [])],
  ...(added.capacityProviders && { capacityProviders: added.capacityProviders }),
});

const requestWithoutRules = ({ definition, ...wish }: PlacementWish): PlacementRequest => ({
  taskIds: wish.taskIds,
  group: wish.group,
  demand: taskDemand(overridden(definition, wish.overrides)),
  requiresAttributes: requirementsOf(definition, wish).requiresAttributes,
  constraints: [],
  strategy: [],
  seed: "",
});
