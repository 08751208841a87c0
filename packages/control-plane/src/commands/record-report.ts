import { lastSegment, parseArn, type Scope } from "@berth/domain/arn";
import { isServiceTask, serviceNameOf, type Task } from "@berth/domain/task";
import { applyReport, type TaskReport } from "@berth/planner/lifecycle/task-lifecycle";
import type { Stored } from "@berth/store/store";
import type { WriteOutcome } from "@berth/store/table";
import { checkSpeaksForTask } from "../access/ownership.ts";
import type { CommandContext, ControlPlane } from "../context.ts";
import { releaseReservations } from "../placement/reservations.ts";
import { countTaskChange } from "../reconcile/count-task-change.ts";
import { persist, withDue } from "../reconcile/persist.ts";
import { clusterName } from "./identifiers.ts";

/** Which task an agent speaks of. Agents repeat for ever what is refused, so nothing is. */
export function reportedTask(
  scope: Scope,
  request: { readonly cluster?: string | undefined; readonly task?: string | undefined },
): Pick<Task, "cluster" | "id"> {
  const task = request.task ?? "";
  const [cluster, id] = parseArn(task)?.path ?? [];
  if (cluster !== undefined && id !== undefined) return { cluster, id };
  return { cluster: clusterName(scope, request.cluster), id: lastSegment(task) };
}

/** A report as it came. */
export interface SubmittedReport {
  readonly task: Pick<Task, "cluster" | "id">;
  readonly report: TaskReport;
  /** Such as `ecs:SubmitTaskStateChange`. */
  readonly action: string;
}

/**
 * Writes down what an agent says of a task and wakes who has to know. What comes late, twice or
 * about a task that nobody knows changes nothing.
 *
 * @throws EcsError AccessDeniedException, where the task is on another agent's instance
 */
export async function recordReport(
  context: CommandContext,
  { task: { cluster, id }, report, action }: SubmittedReport,
): Promise<void> {
  const now = context.now();
  const recorded = await persist<Task>(
    async () => {
      const task = await context.store.tasks.find(cluster, id);
      if (task) await checkSpeaksForTask(context, task, action);
      return task;
    },
    (task) => {
      const after = applyReport(task, report, now);
      if (!after) return undefined;
      return withDue<Task>({ ...after, version: task.version }, dueAfter(task, after, now));
    },
    (task) => write(context, task),
  );
  if (!recorded?.written) return;
  countTaskChange(context, recorded.before, recorded.item);
  await wakeService(context, recorded.item);
}

/**
 * A standalone task's reservation goes first: if we die in between, the agent says it again and the
 * task is not STOPPED yet. That of a service's task is released by its service's next pass, with
 * those of its fellows in one write; the mark of one of the two stands until then.
 */
async function write(controlPlane: ControlPlane, task: Stored<Task>): Promise<WriteOutcome> {
  const { cluster, containerInstanceId, id } = task;
  if (task.lastStatus === "STOPPED" && !isServiceTask(task)) {
    await releaseReservations(controlPlane, cluster, containerInstanceId, [id]);
  }
  return controlPlane.store.tasks.replace(task);
}

/**
 * The to-do mark that a task has after a report: one of a service that stopped unbidden has to be
 * accounted for (one that its service stopped is waited for by it), one that does as desired needs
 * nothing, the others still wait for their agent. A mark that is there stays as it is: moving it
 * costs two writes of the index.
 */
function dueAfter(before: Stored<Task>, after: Task, now: number): number | undefined {
  if (after.lastStatus === "STOPPED") {
    if (!isServiceTask(after)) return undefined;
    return before.due ?? (after.stopCode === "ServiceSchedulerInitiated" ? undefined : now);
  }
  const settled = after.lastStatus === "RUNNING" && after.desiredStatus === "RUNNING";
  return settled ? undefined : before.due;
}

/** A task that died by itself is replaced at once; other news can wait for those that follow. */
async function wakeService(controlPlane: ControlPlane, task: Task): Promise<void> {
  const service = serviceNameOf(task);
  if (service === undefined) return;
  await controlPlane.relay.wake(
    { kind: "service", cluster: task.cluster, service },
    { kind: diedByItself(task) ? "now" : "coalesced" },
  );
}

const diedByItself = ({ lastStatus, stopCode }: Task): boolean =>
  lastStatus === "STOPPED" &&
  (stopCode === "EssentialContainerExited" || stopCode === "TaskFailedToStart");
