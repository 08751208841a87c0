import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { taskArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import { groupHash } from "@berth/domain/group-hash";
import type { Task } from "@berth/domain/task";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { newTask, type Launch } from "../placement/new-task.ts";
import { placeTasks, type PlaceTasksRequest } from "../placement/place-tasks.ts";
import { randomTaskId, TASK_SUFFIX_LENGTH } from "../random-ids.ts";
import { requestHash, sha256Hex } from "../request-hash.ts";
import { attributesForLaunch } from "./launch-checks.ts";
import { validConstraints, validStrategy } from "./placement-members.ts";
import { presentPlacementFailures } from "./present/placement-failures.ts";
import { presentTask, type TaskDescription } from "./present/task.ts";
import { checkClientToken } from "./task-members.ts";
import { checkTaskRequest } from "./task-request.ts";

const MAX_COUNT = 10;
const RULES = { operation: "RunTask", maxStartedByLength: 128 } as const;
const MAX_TOKEN_LENGTH = 64;

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
  const count = validCount(request.count);
  checkClientToken(request.clientToken, MAX_TOKEN_LENGTH);
  const constraints = validConstraints(request.placementConstraints);
  const strategy = validStrategy(request.placementStrategy);
  const { launch, launchType } = await checkTaskRequest(context, request, RULES);

  const run = identify(context, request, { launch, count });
  const earlier = await earlierTasks(context, run);
  const known = new Set(earlier.map(({ id }) => id));
  const placement: PlaceTasksRequest = {
    ...run.launch,
    taskIds: run.taskIds.filter((id) => !known.has(id)),
    constraints,
    strategy,
    requiresAttributes: attributesForLaunch(launchType),
    newTask: (taskId, containerInstanceId, availabilityZone) =>
      newTask(context, run.launch, { taskId, containerInstanceId, availabilityZone }),
  };
  return answer(context, run, { earlier, ...(await placeAll(context, placement)) });
}

function validCount(given: number | undefined): number {
  const count = given ?? 1;
  if (count >= 1 && count <= MAX_COUNT) return count;
  throw invalid(`count should be between 1 and ${MAX_COUNT}.`);
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
  const indexes = Array.from({ length: count }, (_, index) => index);
  if (!clientToken) {
    const taskIds = indexes.map(() => randomTaskId(context, launch.group));
    return { launch, taskIds, isRepeatable: false };
  }
  const suffix = (index: number) =>
    sha256Hex(`${launch.cluster}|${clientToken}|${index}`).slice(0, TASK_SUFFIX_LENGTH);
  return {
    launch: { ...launch, requestHash: requestHash(parameters) },
    taskIds: indexes.map((index) => groupHash(launch.group) + suffix(index)),
    isRepeatable: true,
  };
}

/** The first task tells whether there was an earlier call: one small read, as nearly always there was none. */
async function earlierTasks(context: CommandContext, run: Run): Promise<readonly Stored<Task>[]> {
  const [firstId] = run.taskIds;
  const { cluster } = run.launch;
  if (!run.isRepeatable || firstId === undefined) return [];
  if (!(await context.store.tasks.find(cluster, firstId))) return [];
  const tasks = await context.store.tasks.findMany(cluster, run.taskIds);
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

type Placed = Pick<Awaited<ReturnType<typeof placeTasks>>, "placed" | "unplaced">;

async function placeAll(context: CommandContext, placement: PlaceTasksRequest): Promise<Placed> {
  if (placement.taskIds.length === 0) return { placed: [], unplaced: [] };
  const outcome = await placeTasks(context, placement);
  if (outcome.instanceCount === 0) {
    throw invalid("No Container Instances were found in your cluster.");
  }
  return outcome;
}

function answer(
  context: CommandContext,
  run: Run,
  { earlier, placed, unplaced }: Placed & { readonly earlier: readonly Stored<Task>[] },
): EcsResponse<"RunTask"> {
  // Somebody may have used the token at the very same time.
  if (run.isRepeatable) refuseOtherRun(context, run, placed);
  const { definition, cluster } = run.launch;
  const describe = (task: Stored<Task>) =>
    presentTask(context.scope, task, { definition, includeTags: true });
  return {
    tasks: [...earlier.map((task) => inBrief(task, describe(task))), ...placed.map(describe)],
    failures: presentPlacementFailures(context.scope, cluster, unplaced),
  };
}

/** Of a task that has stopped, a repeated call tells no more. Source: ECS API reference, RunTask. */
function inBrief(task: Task, description: TaskDescription): TaskDescription {
  if (task.lastStatus !== "STOPPED") return description;
  const { taskArn, lastStatus, desiredStatus } = description;
  return { taskArn, lastStatus, desiredStatus };
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
