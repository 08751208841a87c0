import type {
  QueuedRunDescription,
  QueuedRunExplanation,
  QueuedRunPage,
} from "@berth/contracts/rest/queued-runs";
import { EcsError } from "@berth/domain/errors";
import { isOver, type QueuedRun } from "@berth/domain/queued-run";
import { explainPlacement } from "@berth/planner/explain/explain-placement";
import type { PageRequest, Stored } from "@berth/store/store";
import { apiCause } from "../commands/api-cause.ts";
import { activeCluster } from "../commands/find-cluster.ts";
import type { CommandContext } from "../context.ts";
import { definitionNamed } from "../definition-cache.ts";
import { queuedRequests } from "../placement/queued-run-request.ts";
import { persist, withDue } from "../reconcile/persist.ts";
import { queuedRunMark, wakeAtMark } from "../reconcile/queued-run.ts";
import { presentOutlook } from "./present-placement.ts";
import { presentQueuedRun, presentQueuedWait } from "./present-queued-run.ts";

export interface QueuedRunRequest {
  readonly cluster?: string;
  readonly id: string;
}

/**
 * A queued run, and what placement says of its next task: `GET /v1/queued-runs/{id}`.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ResourceNotFoundException
 */
export async function getQueuedRun(
  context: CommandContext,
  request: QueuedRunRequest,
): Promise<QueuedRunExplanation> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const run = await context.store.queuedRuns.find(cluster, request.id);
  if (!run) throw notFound(cluster, request.id);
  const description = presentQueuedRun(context.scope, run);
  if (isOver(run)) return description;
  const waiting = presentQueuedWait(run);
  const placement = run.status === "WAITING" ? await outlookOf(context, run) : undefined;
  return { ...description, waiting, ...(placement && { placement }) };
}

/** Reads all instances: for ten thousand that is 900 read units. */
async function outlookOf(context: CommandContext, run: QueuedRun) {
  const [definition, candidates] = await Promise.all([
    definitionNamed(context, run.taskDefinition),
    context.store.instances.all(run.cluster),
  ]);
  const [next] = definition ? queuedRequests(run, definition) : [];
  if (!next) return undefined;
  const explained = explainPlacement(candidates, next);
  return presentOutlook({ scope: context.scope, cluster: run.cluster }, explained);
}

/**
 * Those of a cluster, by id, with those that ended a while ago: `GET /v1/queued-runs`.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export async function listQueuedRuns(
  context: CommandContext,
  request: Pick<QueuedRunRequest, "cluster">,
  page: PageRequest,
): Promise<QueuedRunPage> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const { items, next } = await context.store.queuedRuns.page(cluster, page);
  return {
    queuedRuns: items.map((run) => presentQueuedRun(context.scope, run)),
    ...(next !== undefined && { next }),
  };
}

/**
 * Has nothing more of a run started; what is placed stays: `DELETE /v1/queued-runs/{id}`. One that is
 * over, or cancelled already, is answered as it is.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ResourceNotFoundException
 */
export async function cancelQueuedRun(
  context: CommandContext,
  request: QueuedRunRequest,
): Promise<QueuedRunDescription> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const { queuedRuns } = context.store;
  const cause = apiCause(context, "CancelQueuedRun");
  const outcome = await persist<QueuedRun>(
    () => queuedRuns.find(cluster, request.id),
    (run) => (run.status === "WAITING" ? cancelled(run, { at: context.now(), cause }) : undefined),
    (run) => queuedRuns.replace(run),
  );
  if (!outcome) throw notFound(cluster, request.id);
  if (outcome.written) await wakeAtMark(context, outcome.item);
  return presentQueuedRun(context.scope, outcome.item);
}

function cancelled(
  run: Stored<QueuedRun>,
  cancellation: NonNullable<QueuedRun["cancellation"]>,
): Stored<QueuedRun> {
  const next: Stored<QueuedRun> = { ...run, status: "CANCELLING", cancellation };
  return withDue(next, queuedRunMark(next, cancellation.at));
}

const notFound = (cluster: string, id: string): EcsError =>
  new EcsError(
    "ResourceNotFoundException",
    `queued run: cluster ${cluster} has no queued run ${id}. One that has ended is kept for a while only.`,
  );
