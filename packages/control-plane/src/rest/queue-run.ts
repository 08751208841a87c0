import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { QueuedRunDescription } from "@berth/contracts/rest/queued-runs";
import { taskArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { QueuedRun } from "@berth/domain/queued-run";
import { taskDefinitionName } from "@berth/domain/task-definition";
import { checkRunRequest, runTaskIds } from "../commands/run-request.ts";
import type { CommandContext } from "../context.ts";
import { queuedRunMark, tendQueuedRun, wakeAtMark } from "../reconcile/queued-run.ts";
import { requestHash, sha256Hex } from "../request-hash.ts";
import { presentQueuedRun } from "./present-queued-run.ts";

const ID_LENGTH = 32;

export interface QueueRunRequest {
  readonly run: EcsRequest<"RunTask">;
  readonly deadlineSeconds: number;
}

/**
 * RunTask that waits for capacity: `POST /v1/tasks`. Writes the ids of all its tasks first, then places
 * those that find an instance now; the others are placed as capacity comes, until the deadline. A
 * repeated call with the same `clientToken` finds the run of the first.
 *
 * @throws EcsError ClusterNotFoundException, ClientException, ConflictException, InvalidParameterException, UnsupportedFeatureException
 */
export async function queueRun(
  context: CommandContext,
  request: QueueRunRequest,
): Promise<QueuedRunDescription> {
  const run = await newRun(context, request);
  const stored = { ...run, version: 1, due: queuedRunMark(run, run.queuedAt) ?? run.deadline };
  if ((await context.store.queuedRuns.create(stored)) === "ok") await wakeAtMark(context, stored);
  else await refuseOtherRun(context, run);
  await tendQueuedRun(context, run.cluster, run.id);
  const tended = await context.store.queuedRuns.find(run.cluster, run.id);
  return presentQueuedRun(context.scope, tended ?? run);
}

async function newRun(
  context: CommandContext,
  { run: request, deadlineSeconds }: QueueRunRequest,
): Promise<QueuedRun> {
  const { launch, count, constraints, strategy, capacityProviderStrategy } = await checkRunRequest(
    context,
    request,
  );
  const { definition, requestHash: _, ...kept } = launch;
  const { clientToken, ...parameters } = request;
  const { cluster } = launch;
  // No cluster's name begins so: RunTask's own tasks never have these ids.
  const seed = clientToken ? `#queued|${cluster}|${clientToken}` : undefined;
  const taskIds = runTaskIds(context, launch, { count, ...(seed !== undefined && { seed }) });
  const queuedAt = context.now();
  return {
    ...kept,
    ...(capacityProviderStrategy && { capacityProviderStrategy }),
    id: seed === undefined ? context.randomHex(ID_LENGTH) : sha256Hex(seed).slice(0, ID_LENGTH),
    status: "WAITING",
    taskDefinition: taskDefinitionName(definition),
    placementConstraints: constraints,
    placementStrategy: strategy,
    taskIds,
    unplacedTaskIds: taskIds,
    queuedAt,
    deadline: queuedAt + deadlineSeconds * 1_000,
    requestHash: requestHash({ ...parameters, cluster, deadlineSeconds }),
  };
}

async function refuseOtherRun(context: CommandContext, run: QueuedRun): Promise<void> {
  const existing = await context.store.queuedRuns.find(run.cluster, run.id);
  if (!existing || existing.requestHash === run.requestHash) return;
  throw new EcsError(
    "ConflictException",
    "The clientToken was used before with other parameters.",
    { resourceIds: existing.taskIds.map((id) => taskArn(context.scope, existing.cluster, id)) },
  );
}
