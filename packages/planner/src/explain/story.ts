import type { Deployment, Service } from "@berth/domain/service";
import type { ChangedTaskSet, ServiceChange } from "@berth/domain/service-change";
import type { Cause, HistoryEntry, Task } from "@berth/domain/task";
import { serviceNameOf } from "@berth/domain/task";
import { containerEnds } from "./container-ends.ts";
import type { ContainerEnd } from "./container-ends.ts";

/** What a step of a task's life came from. */
export type StoryCause =
  | Cause
  | ({ readonly kind: "serviceChange" } & ServiceChange)
  | ({ readonly kind: "container" } & ContainerEnd);

/** One step of a task's life. */
export interface StoryStep {
  /** Epoch ms. */
  readonly at: number;
  /** A sentence without its time. */
  readonly text: string;
  readonly cause: StoryCause;
}

/** What is known of the service of a task, if it has one and that still is. */
export type TaskService = Pick<Service, "deployments" | "latestChange">;

/** The life of a task from what began it to its end, in order. */
export const tellStory = (task: Task, service?: TaskService): readonly StoryStep[] =>
  inOrder([...tellStart(task, service), ...tellStop(task, service)]);

/**
 * Why a task stops or has stopped: from the request or the report that began it, each step the cause
 * of the next. Empty while it shall run and does not end by itself.
 */
export const tellStop = (task: Task, service?: TaskService): readonly StoryStep[] =>
  inOrder([
    ...whatBeganTheStop(task, service),
    ...task.history.filter((entry) => isOfStop(task, entry)).map((entry) => tellEntry(task, entry)),
    ...containerEnds(task),
  ]);

/** What a request did to a service; what it set, unless told otherwise. */
export const tellChange = (change: ServiceChange, did = changeText(change)): StoryStep => ({
  at: change.at,
  text: `${change.operation} by ${change.principalArn} (request ${change.requestId}) ${did}.`,
  cause: { kind: "serviceChange", ...change },
});

function changeText({ operation, deploymentId, desiredCount, taskSet }: ServiceChange): string {
  const parts = [
    ...(taskSet === undefined ? [] : [taskSetText(operation, taskSet)]),
    ...(deploymentId === undefined ? [] : [`began deployment ${deploymentId}`]),
    ...(desiredCount === undefined ? [] : [`set the desired count to ${desiredCount}`]),
  ];
  return parts.join(" and ");
}

function taskSetText(operation: ServiceChange["operation"], { id, scale }: ChangedTaskSet): string {
  if (operation === "CreateTaskSet") return `created task set ${id} at ${scale} %`;
  if (operation === "DeleteTaskSet") return `deleted task set ${id}`;
  return `set the scale of task set ${id} to ${scale} %`;
}

const inOrder = (steps: readonly StoryStep[]): readonly StoryStep[] =>
  steps.toSorted((a, b) => a.at - b.at || orderOf(a) - orderOf(b));

/** Of what has the same time: containers end before their task does, and a request comes before all. */
function orderOf({ cause }: StoryStep): number {
  if (cause.kind === "serviceChange") return 0;
  return cause.kind === "container" ? 1 : 2;
}

function isOfStop(task: Task, { to }: HistoryEntry): boolean {
  if (to === "draining") return task.draining === true && orderOfService(task) !== undefined;
  return to === "desired STOPPED" || to === "STOPPED";
}

/** Where it was its service that asked it to stop. */
const orderOfService = ({ history }: Task): HistoryEntry | undefined =>
  history.find(({ to, cause }) => to === "desired STOPPED" && isOfService(cause));

const isOfService = ({ kind }: Cause): boolean => kind === "deployment" || kind === "taskSet";

function tellStart(task: Task, service: TaskService | undefined): readonly StoryStep[] {
  const { pullStartedAt, pullStoppedAt } = task;
  const change = service?.latestChange;
  return [
    ...(change?.deploymentId !== undefined && change.deploymentId === task.startedBy
      ? [tellChange(change, `began deployment ${change.deploymentId}`)]
      : []),
    ...(change && changedSetOf(task, change) && change.at <= task.createdAt
      ? [tellChange(change)]
      : []),
    ...task.history
      .filter((entry) => !isOfStop(task, entry))
      .map((entry) => tellEntry(task, entry)),
    ...byAgent(pullStartedAt, "Its agent began to pull its images."),
    ...byAgent(pullStoppedAt, "Its images were there."),
  ];
}

const byAgent = (at: number | undefined, text: string): readonly StoryStep[] =>
  at === undefined ? [] : [{ at, text, cause: { kind: "agent" } }];

/** Whether the request was about the task set that the task is of. */
const changedSetOf = ({ startedBy }: Task, { taskSet }: ServiceChange): boolean =>
  taskSet !== undefined && taskSet.id === startedBy;

/** What made the service order the stop, as far as its records still tell. */
function whatBeganTheStop(task: Task, service: TaskService | undefined): readonly StoryStep[] {
  const order = orderOfService(task);
  if (!service || !order) return [];
  const failure = failureOf(task, service.deployments, order.at);
  if (failure) return [failure];
  const change = changeBefore(service, order.at);
  const successor = successorOf(task, service.deployments, order.at);
  if (successor) {
    const what = `deployment ${successor.id} of ${successor.taskDefinition}, which takes the place of ${task.startedBy}`;
    if (change?.deploymentId === successor.id) return [tellChange(change, `began ${what}`)];
    const cause = { kind: "deployment", id: successor.id } as const;
    return [{ at: successor.createdAt, text: `There was ${what}.`, cause }];
  }
  if (!change || !isScaling(task)) return [];
  if (changedSetOf(task, change) && change.at > task.createdAt) return [tellChange(change)];
  if (change.desiredCount === undefined) return [];
  return [tellChange(change, `set the desired count to ${change.desiredCount}`)];
}

/** That the circuit breaker gave up the task's own deployment. */
function failureOf(
  { startedBy }: Task,
  deployments: readonly Deployment[],
  before: number,
): StoryStep | undefined {
  const own = deployments.find(({ id }) => id === startedBy);
  if (own?.rolloutState !== "FAILED" || own.updatedAt > before) return undefined;
  return {
    at: own.updatedAt,
    text: `Deployment ${own.id} FAILED${withoutStop(own.rolloutStateReason)}.`,
    cause: { kind: "deployment", id: own.id },
  };
}

/** Not replaced for its own sake: such a stop has nothing to do with the count that was set. */
const isScaling = ({ draining, stoppedReason = "" }: Task): boolean =>
  draining !== true && stoppedReason.startsWith("Scaling activity");

const changeBefore = ({ latestChange }: TaskService, at: number): ServiceChange | undefined =>
  latestChange && latestChange.at <= at ? latestChange : undefined;

/** The newest deployment by then, if the task is of an older one. */
function successorOf(
  { startedBy }: Task,
  deployments: readonly Deployment[],
  at: number,
): Deployment | undefined {
  const newest = deployments
    .filter(({ createdAt }) => createdAt <= at)
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .at(0);
  return newest?.id === startedBy ? undefined : newest;
}

const tellEntry = (task: Task, entry: HistoryEntry): StoryStep => ({
  at: entry.at,
  text: `${subjectOf(entry.cause, task)} ${predicateOf(entry, task)}.`,
  cause: entry.cause,
});

function subjectOf(cause: Cause, task: Task): string {
  switch (cause.kind) {
    case "api":
      return `${cause.operation} by ${cause.principalArn} (request ${cause.requestId})`;
    case "deployment":
      return `Deployment ${cause.id}${ofService(task)}`;
    case "taskSet":
      return `Task set ${cause.id}${ofService(task)}`;
    case "agent":
      return "Its agent";
    case "controlPlane":
      return "The control plane";
  }
}

function ofService(task: Task): string {
  const service = serviceNameOf(task);
  return service === undefined ? "" : ` of service ${service}`;
}

function predicateOf({ to, cause }: HistoryEntry, task: Task): string {
  const told = cause.kind === "controlPlane" ? withoutStop(cause.reason) : undefined;
  const why = told ?? withoutStop(task.stoppedReason);
  switch (to) {
    case "PENDING":
      return `had it placed on container instance ${task.containerInstanceId}`;
    case "draining":
      return `set container instance ${task.containerInstanceId} to DRAINING${told ?? ""}`;
    case "desired STOPPED":
      return `asked it to stop${task.draining ? " while its container instance drained" : ""}${why}`;
    case "STOPPED":
      return cause.kind === "controlPlane"
        ? `declared it STOPPED${why}`
        : `reported it STOPPED${wasAsked(task) ? "" : `, ${task.stopCode ?? "for no stated reason"}${why}`}`;
    default:
      return `reported it ${to}`;
  }
}

/** A reason as the end of a sentence that has its own full stop. */
const withoutStop = (reason = ""): string =>
  reason === "" ? "" : `: ${reason.replace(/\.$/, "")}`;

const wasAsked = ({ history }: Task): boolean => history.some(({ to }) => to === "desired STOPPED");
