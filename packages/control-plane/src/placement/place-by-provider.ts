import type { ControlPlane } from "../context.ts";
import type { PlacementOutcome } from "./commit-placements.ts";
import { attributesForLaunch } from "./launch-attributes.ts";
import { newTask, type Launch } from "./new-task.ts";
import { placeTasks, type PlaceTasksRequest } from "./place-tasks.ts";
import { launchedBy, type ProviderBatch, requirementOf } from "./provider-batches.ts";

type Rules = Pick<PlaceTasksRequest, "constraints" | "strategy" | "startBefore"> & {
  readonly launch: Launch;
};

/**
 * Places the tasks of a run, those of one provider after those of the other: each sees what the ones
 * before it took. One provider without room holds up no other.
 */
export async function placeByProvider(
  controlPlane: ControlPlane,
  batches: readonly ProviderBatch[],
  rules: Rules,
): Promise<PlacementOutcome> {
  const outcomes: PlacementOutcome[] = [];
  for (const batch of batches) {
    outcomes.push(await placeTasks(controlPlane, requestFor(controlPlane, batch, rules)));
  }
  return {
    placed: outcomes.flatMap(({ placed }) => placed),
    unplaced: outcomes.flatMap(({ unplaced }) => unplaced),
  };
}

function requestFor(
  controlPlane: Pick<ControlPlane, "now" | "randomHex">,
  batch: ProviderBatch,
  { launch: given, ...rules }: Rules,
): PlaceTasksRequest {
  const launch = { ...given, ...launchedBy(batch) };
  return {
    ...launch,
    ...rules,
    ...requirementOf(batch),
    taskIds: batch.taskIds,
    requiresAttributes: attributesForLaunch(launch.launchType),
    newTask: (place) => newTask(controlPlane, launch, place),
  };
}
