import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { taskArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { AgentSession } from "@berth/domain/session";
import type { Task } from "@berth/domain/task";
import type { CommandContext } from "../context.ts";
import { definitionsNamed } from "../definition-cache.ts";
import { findInCluster } from "./find-cluster.ts";
import { taskId } from "./identifiers.ts";
import { missing } from "./present/failure.ts";
import { presentTask } from "./present/task.ts";

const MAX_TASKS = 100;

/** @throws EcsError ClusterNotFoundException, InvalidParameterException */
export async function describeTasks(
  context: CommandContext,
  request: EcsRequest<"DescribeTasks">,
): Promise<EcsResponse<"DescribeTasks">> {
  const given = checkTasks(request.tasks ?? []);
  const idsIn = (cluster: string) => [
    ...new Set(given.map((each) => taskId(context.scope, cluster, each))),
  ];
  const { cluster, found: stored } = await findInCluster(
    context,
    request.cluster,
    (name) => context.store.tasks.findMany(name, idsIn(name)),
    (tasks) => tasks.some(({ lastStatus }) => lastStatus !== "STOPPED"),
  );
  const ids = idsIn(cluster);
  const found = new Map(stored.map((task) => [task.id, task]));
  const tasks = ids.flatMap((id) => found.get(id) ?? []);
  const [definitions, sessions] = await Promise.all([
    definitionsNamed(
      context,
      tasks.map((task) => task.taskDefinition),
    ),
    sessionsOf(context, cluster, tasks),
  ]);
  return {
    tasks: tasks.map((task) =>
      presentTask(context.scope, task, {
        definition: definitions.get(task.taskDefinition),
        session: sessions.get(task.containerInstanceId),
        includeTags: request.include?.includes("TAGS") ?? false,
      }),
    ),
    failures: ids
      .filter((id) => !found.has(id))
      .map((id) => missing(taskArn(context.scope, cluster, id))),
  };
}

function checkTasks(given: readonly string[]): readonly string[] {
  if (given.length === 0) throw invalid("Tasks cannot be empty.");
  if (given.length > MAX_TASKS) throw invalid(`taskIds can have at most ${MAX_TASKS} items.`);
  return given;
}

/** The agent links of those that have not stopped: of the others nobody needs to know. */
async function sessionsOf(
  context: CommandContext,
  cluster: string,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, AgentSession>> {
  const live = tasks.filter((task) => task.lastStatus !== "STOPPED");
  const places = new Set(live.map((task) => task.containerInstanceId));
  const sessions = await context.store.sessions.findMany(cluster, [...places]);
  return new Map(sessions.map((session) => [session.containerInstanceId, session]));
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
