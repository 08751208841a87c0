import type { QueuedRun } from "@berth/domain/queued-run";
import type { Candidate } from "@berth/planner/placement/place";
import { planRunOffers } from "@berth/planner/placement/plan-run-offers";
import type { ControlPlane } from "../context.ts";
import { definitionsNamed } from "../definition-cache.ts";
import { queuedRequests } from "../placement/queued-run-request.ts";

/** So many of the oldest are looked at: what one offer costs has an end. */
export const MAX_OFFERED_RUNS = 100;

/** Those of the waiting runs that the capacity of these instances could help, the oldest first. */
export async function offeredRuns(
  controlPlane: ControlPlane,
  oldestFirst: readonly QueuedRun[],
  candidates: readonly Candidate[],
): Promise<readonly QueuedRun[]> {
  if (oldestFirst.length === 0) return [];
  const definitions = await definitionsNamed(
    controlPlane,
    oldestFirst.map(({ taskDefinition }) => taskDefinition),
  );
  const waiting = oldestFirst.flatMap((run) => {
    const definition = definitions.get(run.taskDefinition);
    return definition ? [{ id: run.id, requests: queuedRequests(run, definition) }] : [];
  });
  const offered = new Set(planRunOffers(candidates, waiting));
  return oldestFirst.filter(({ id }) => offered.has(id));
}
