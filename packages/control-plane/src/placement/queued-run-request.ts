import { defined } from "@berth/domain/defined";
import type { QueuedRun } from "@berth/domain/queued-run";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { PlacementRequest } from "@berth/planner/placement/place";
import { attributesForLaunch } from "./launch-attributes.ts";
import type { Launch } from "./new-task.ts";
import { placementRequest } from "./placement-request.ts";
import { byProvider, type ProviderBatch, requirementOf, stillToPlace } from "./provider-batches.ts";

/** Those tasks of a queued run that are not placed yet, by the provider that each was for from the first. */
export function queuedBatches(run: QueuedRun): readonly ProviderBatch[] {
  const waiting = new Set(run.unplacedTaskIds);
  return stillToPlace(byProvider(run.taskIds, run.capacityProviderStrategy), (id) =>
    waiting.has(id),
  );
}

/**
 * What placement is asked for them, one request for each provider. It draws otherwise than the try
 * that follows: what fits and what does not is the same.
 */
export const queuedRequests = (
  run: QueuedRun,
  definition: TaskDefinition,
): readonly PlacementRequest[] =>
  queuedBatches(run).map((batch) =>
    placementRequest(
      {
        ...queuedLaunch(run, definition),
        ...requirementOf(batch),
        taskIds: batch.taskIds,
        requiresAttributes: attributesForLaunch(run.launchType),
      },
      { constraints: run.placementConstraints, strategy: run.placementStrategy, seed: run.id },
    ),
  );

/** What its tasks are started with. */
export function queuedLaunch(run: QueuedRun, definition: TaskDefinition): Launch {
  const { cluster, group, launchType, cause, networkConfiguration } = run;
  const { startedBy, overrides, enableExecuteCommand, referenceId, tags } = run;
  return {
    cluster,
    definition,
    group,
    launchType,
    cause,
    ...defined({
      startedBy,
      overrides,
      enableExecuteCommand,
      referenceId,
      tags,
      networkConfiguration,
    }),
  };
}
