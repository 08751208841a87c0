import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import { serviceNameOf, type Task } from "@berth/domain/task";
import { orderStop } from "@berth/planner/lifecycle/task-lifecycle";
import type { CommandContext } from "../context.ts";
import { definitionNamed } from "../definition-cache.ts";
import { persist } from "../reconcile/persist.ts";
import { apiCause } from "./api-cause.ts";
import { activeCluster } from "./find-cluster.ts";
import { taskId } from "./identifiers.ts";
import { presentTask } from "./present/task.ts";

const MAX_REASON_LENGTH = 1024;

/**
 * Records that a task is to stop; its agent is told next. A task that stops already is answered as
 * it is.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export async function stopTask(
  context: CommandContext,
  request: EcsRequest<"StopTask">,
): Promise<EcsResponse<"StopTask">> {
  const reason = validReason(request.reason);
  const { name: cluster } = await activeCluster(context, request.cluster);
  const id = taskId(context.scope, cluster, request.task ?? "");
  const stopped = await recordStop(context, { cluster, id, reason });
  if (!stopped) throw invalid("The referenced task was not found.");
  const task = stopped.item;
  if (task.lastStatus !== "STOPPED") await wakeThoseConcerned(context, task);
  const definition = await definitionNamed(context, task.taskDefinition);
  return { task: presentTask(context.scope, task, { definition, includeTags: true }) };
}

function validReason(given: string | undefined): string {
  const reason = given ?? "";
  if (reason.length > MAX_REASON_LENGTH) throw invalid(`reason longer than ${MAX_REASON_LENGTH}.`);
  return reason === "" ? "Task stopped by user" : reason;
}

function recordStop(
  context: CommandContext,
  { cluster, id, reason }: Pick<Task, "cluster" | "id"> & { readonly reason: string },
) {
  const { tasks } = context.store;
  const now = context.now();
  const due = now + context.settings.dispatchRetryMs;
  const cause = apiCause(context, "StopTask");
  return persist<Task>(
    () => tasks.find(cluster, id),
    (task) => {
      const ordered = orderStop(task, { stopCode: "UserInitiated", reason, cause }, now);
      return ordered && { ...withoutTags(ordered), version: task.version, due };
    },
    (task) => tasks.replace(task),
  );
}

/** ECS takes the tags away with the stop. Source: ECS API reference, StopTask. */
function withoutTags(task: Task): Task {
  const { tags: _, ...others } = task;
  return others;
}

/** The agent, and the service that has to replace the task. */
async function wakeThoseConcerned(context: CommandContext, task: Task): Promise<void> {
  const { cluster, containerInstanceId, id } = task;
  await context.relay.wake({ kind: "dispatch", cluster, containerInstanceId, taskIds: [id] });
  const service = serviceNameOf(task);
  if (service !== undefined) await context.relay.wake({ kind: "service", cluster, service });
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
