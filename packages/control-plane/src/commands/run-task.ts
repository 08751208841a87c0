import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { taskArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { Task } from "@berth/domain/task";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import type { ClusterView } from "../placement/cluster-view.ts";
import type { PlacementOutcome } from "../placement/commit-placements.ts";
import type { Launch } from "../placement/new-task.ts";
import { placeByProvider } from "../placement/place-by-provider.ts";
import { byProvider, stillToPlace } from "../placement/provider-batches.ts";
import { requestHash } from "../request-hash.ts";
import { presentPlacementFailures } from "./present/placement-failures.ts";
import { presentTask, type TaskDescription } from "./present/task.ts";
import { checkRunRequest, runTaskIds } from "./run-request.ts";

/**
 * Places tasks and hands them to their agents. What finds no place is told at once, in `failures`;
 * a repeated call with the same `clientToken` finds the tasks of the first.
 *
 * @throws EcsError ClusterNotFoundException, ClientException, ConflictException, InvalidParameterException, UnsupportedFeatureException
 */
export async function runTask(
  context: CommandContext,
  request: EcsRequest<"RunTask">,
): Promise<EcsResponse<"RunTask">> {
  const { launch, count, capacityProviderStrategy, ...rules } = await checkRunRequest(
    context,
    request,
  );
  const run = identify(context, request, { launch, count });
  const view = context.views.of(launch.cluster);
  if (!view.index.hasActive) await view.readAll(context);
  // Of a provider that is said task by task: it may have none as yet.
  if (!view.index.hasActive && !capacityProviderStrategy) {
    throw invalid("No Container Instances were found in your cluster.");
  }
  const earlier = await tasksOfEarlierCall(context, run, view);
  const known = new Set(earlier.map(({ id }) => id));
  const outcome = await placeByProvider(
    context,
    stillToPlace(byProvider(run.taskIds, capacityProviderStrategy), (id) => !known.has(id)),
    { ...rules, launch: run.launch },
  );
  return answer(context, run, { ...outcome, earlier });
}

/** One call: its tasks have the same ids whenever it is repeated with the same token. */
interface Run {
  readonly launch: Launch;
  readonly taskIds: readonly string[];
  readonly isRepeatable: boolean;
}

function identify(
  context: CommandContext,
  request: EcsRequest<"RunTask">,
  { launch, count }: { readonly launch: Launch; readonly count: number },
): Run {
  const { clientToken, ...parameters } = request;
  if (!clientToken) {
    return { launch, taskIds: runTaskIds(context, launch, { count }), isRepeatable: false };
  }
  const seed = `${launch.cluster}|${clientToken}`;
  return {
    launch: { ...launch, requestHash: requestHash({ ...parameters, cluster: launch.cluster }) },
    taskIds: runTaskIds(context, launch, { count, seed }),
    isRepeatable: true,
  };
}

/**
 * The tasks of an earlier call with the same token, as far as they are known to hold capacity. Of
 * the others the store knows, when they are to be written again.
 */
async function tasksOfEarlierCall(
  context: CommandContext,
  run: Run,
  view: ClusterView,
): Promise<readonly Stored<Task>[]> {
  if (!run.isRepeatable || !run.taskIds.some((taskId) => view.index.holds(taskId))) return [];
  const tasks = await context.store.tasks.findMany(run.launch.cluster, run.taskIds);
  refuseOtherRun(context, run, tasks);
  return tasks;
}

function refuseOtherRun(context: CommandContext, run: Run, tasks: readonly Task[]): void {
  const others = tasks.filter((task) => task.requestHash !== run.launch.requestHash);
  if (others.length === 0) return;
  throw new EcsError(
    "ConflictException",
    "The clientToken was used before with other parameters.",
    { resourceIds: others.map((task) => taskArn(context.scope, task.cluster, task.id)) },
  );
}

async function answer(
  context: CommandContext,
  run: Run,
  { earlier, placed, unplaced }: PlacementOutcome & { readonly earlier: readonly Stored<Task>[] },
): Promise<EcsResponse<"RunTask">> {
  const { definition, cluster } = run.launch;
  const stopped = run.isRepeatable
    ? await context.store.tasks.findMany(
        cluster,
        unplaced.map(({ taskId }) => taskId),
      )
    : [];
  const tasks = [...earlier, ...placed, ...stopped];
  if (run.isRepeatable) refuseOtherRun(context, run, tasks);
  const wasThere = new Set(stopped.map(({ id }) => id));
  return {
    tasks: tasks.map((task) =>
      inBrief(task, presentTask(context.scope, task, { definition, includeTags: true })),
    ),
    failures: presentPlacementFailures(
      context.scope,
      cluster,
      unplaced.filter(({ taskId }) => !wasThere.has(taskId)),
    ),
  };
}

/** Of a task that has stopped, a repeated call tells no more. Source: ECS API reference, RunTask. */
function inBrief(task: Task, description: TaskDescription): TaskDescription {
  if (task.lastStatus !== "STOPPED") return description;
  const { taskArn, lastStatus, desiredStatus } = description;
  return { taskArn, lastStatus, desiredStatus };
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
