import type { ExplainedPlacement, TaskExplanation } from "@berth/contracts/rest/explanation";
import { containerInstanceArn, taskArn, taskDefinitionArn } from "@berth/domain/arn";
import type { Service } from "@berth/domain/service";
import { serviceNameOf, type Task } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { checkedContainers } from "@berth/domain/task-definition/checked-containers";
import type { TaskPlacement } from "@berth/domain/task-placement";
import { describePlacement } from "@berth/planner/explain/placement-text";
import { tellStop, tellStory } from "@berth/planner/explain/story";
import { waitOf } from "@berth/planner/explain/waiting";
import type { CommandContext } from "../context.ts";
import { definitionNamed } from "../definition-cache.ts";
import { findTask, type TaskRequest } from "./find-task.ts";
import { presentStep, presentWait } from "./present-story.ts";

/** What the agent gives a container between SIGTERM and SIGKILL unless its definition says otherwise. */
const USUAL_STOP_TIMEOUT_SECONDS = 30;

/**
 * Why a task is where and as it is, stopped and archived ones included:
 * `GET /v1/tasks/{id}/explain`.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ResourceNotFoundException
 */
export async function explainTask(
  context: CommandContext,
  request: TaskRequest,
): Promise<TaskExplanation> {
  const task = await findTask(context, request);
  const [service, definition, session] = await Promise.all([
    serviceOf(context, task),
    definitionNamed(context, task.taskDefinition),
    task.lastStatus === "STOPPED"
      ? undefined
      : context.store.sessions.find(task.cluster, task.containerInstanceId),
  ]);
  const wait = waitOf(task, {
    ...(session && { session }),
    stopTimeoutMs: stopTimeoutMs(definition),
    checkedContainers: definition ? checkedContainers(definition) : [],
    instanceLostAfterMs: context.settings.instanceLostAfterMs,
    now: context.now(),
  });
  return {
    ...identify(context, task),
    placement: presentPlacement(task.placement),
    ...(wait && { waiting: presentWait(wait) }),
    ...(task.desiredStatus === "STOPPED" && { stop: presentStop(task, service) }),
    history: tellStory(task, service).map(presentStep),
  };
}

async function serviceOf(context: CommandContext, task: Task): Promise<Service | undefined> {
  const name = serviceNameOf(task);
  return name === undefined ? undefined : context.store.services.find(task.cluster, name);
}

function stopTimeoutMs(definition: TaskDefinition | undefined): number {
  const seconds = (definition?.containerDefinitions ?? []).map(
    ({ stopTimeout = USUAL_STOP_TIMEOUT_SECONDS }) => stopTimeout,
  );
  return Math.max(0, ...seconds) * 1_000;
}

function identify({ scope }: CommandContext, task: Task) {
  const { cluster, group, lastStatus, desiredStatus, availabilityZone } = task;
  return {
    taskArn: taskArn(scope, cluster, task.id),
    taskDefinitionArn: taskDefinitionArn(scope, task.taskDefinition),
    group,
    containerInstanceArn: containerInstanceArn(scope, cluster, task.containerInstanceId),
    ...(availabilityZone !== undefined && { availabilityZone }),
    lastStatus,
    desiredStatus,
  };
}

function presentPlacement(placement: TaskPlacement | undefined): ExplainedPlacement {
  const sentences = describePlacement(placement);
  if (placement?.kind !== "chosen") return { sentences, kind: placement?.kind ?? "reserved" };
  const { kind, considered, rejected, by, scores, isDrawn } = placement;
  const scored = by.map((name, index) => ({ by: name, score: scores[index] ?? 0 }));
  return { sentences, kind, decision: { considered, rejected, scores: scored, isDrawn } };
}

function presentStop(task: Task, service: Service | undefined) {
  const { stopCode, stoppedReason } = task;
  return {
    ...(stopCode !== undefined && { stopCode }),
    ...(stoppedReason !== undefined && { stoppedReason }),
    causes: tellStop(task, service).map(presentStep),
  };
}
