import type { ExplainedStep, ExplainedWait } from "@berth/contracts/rest/explanation";
import type { QueuedRunDescription } from "@berth/contracts/rest/queued-runs";
import { clusterArn, taskArn, taskDefinitionArn, type Scope } from "@berth/domain/arn";
import type { QueuedRun } from "@berth/domain/queued-run";
import type { Cause } from "@berth/domain/task";
import type { Stored } from "@berth/store/store";
import { presentRefusal } from "./present-placement.ts";
import { isoTime, presentStep, presentWait } from "./present-story.ts";

export function presentQueuedRun(scope: Scope, run: QueuedRun): QueuedRunDescription {
  const { cluster, taskIds, unplacedTaskIds, startedBy, endedAt, latestTry } = run;
  const unplaced = new Set(unplacedTaskIds);
  const arns = (ids: readonly string[]) => ids.map((id) => taskArn(scope, cluster, id));
  return {
    id: run.id,
    clusterArn: clusterArn(scope, cluster),
    status: run.status,
    taskDefinitionArn: taskDefinitionArn(scope, run.taskDefinition),
    group: run.group,
    ...(startedBy !== undefined && { startedBy }),
    taskArns: arns(taskIds),
    placedTaskArns: arns(taskIds.filter((id) => !unplaced.has(id))),
    unplacedTaskArns: arns(unplacedTaskIds),
    queuedAt: isoTime(run.queuedAt),
    deadline: isoTime(run.deadline),
    ...(endedAt !== undefined && { endedAt: isoTime(endedAt) }),
    history: historyOf(run),
    ...(latestTry &&
      unplacedTaskIds.length > 0 && {
        latestTry: {
          since: isoTime(latestTry.since),
          instances: latestTry.refusals.map((each) => presentRefusal({ scope, cluster }, each)),
        },
      }),
  };
}

function historyOf({
  queuedAt,
  cause,
  taskIds,
  cancellation,
}: QueuedRun): readonly ExplainedStep[] {
  const queued = `queued ${countOf(taskIds.length)}`;
  const steps = [
    { at: queuedAt, text: stepText(cause, queued), cause },
    ...(cancellation
      ? [{ ...cancellation, text: stepText(cancellation.cause, "cancelled what was not placed") }]
      : []),
  ];
  return steps.map(presentStep);
}

function stepText(cause: Cause, did: string): string {
  if (cause.kind === "api") {
    return `${cause.operation} by ${cause.principalArn} (request ${cause.requestId}) ${did}.`;
  }
  return cause.kind === "controlPlane" ? cause.reason : did;
}

const countOf = (count: number) => `${count} ${count === 1 ? "task" : "tasks"}`;

/** What a run waits for that has no verdict yet. */
export function presentQueuedWait(run: Stored<QueuedRun>): ExplainedWait {
  const { queuedAt, deadline, due = deadline, unplacedTaskIds, cancellation } = run;
  if (cancellation) {
    return presentWait({
      for: "tries that had begun before it was cancelled",
      since: cancellation.at,
      until: { at: due, what: "it is CANCELLED, or PLACED if they placed all" },
      next: { at: due, what: "its tasks are looked at for the last time" },
    });
  }
  return presentWait({
    for: `container instances that take ${countOf(unplacedTaskIds.length)}`,
    since: queuedAt,
    until: { at: deadline, what: "nothing is started any more: what is not placed EXPIRED" },
    next: {
      at: Math.min(due, deadline),
      what: "tried again, or before, as soon as room is offered",
    },
  });
}
