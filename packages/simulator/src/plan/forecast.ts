import type {
  BreakerForecast,
  PlanStep,
  ServiceForecast,
  StepKind,
  TaskCounts,
} from "@berth/contracts/rest/plan";
import { containerInstanceArn, taskArn } from "@berth/domain/arn";
import type { Scope } from "@berth/domain/arn";
import type { Service } from "@berth/domain/service";
import type { Cause, Task } from "@berth/domain/task";
import { serviceGroup, serviceNameOf } from "@berth/domain/task";
import { wantedCount } from "@berth/domain/task-set";
import type { ClusterListener, ClusterView, Reserved } from "../world/cluster-view.ts";
import { isFailedIn } from "../world/failed-deployment.ts";
import type { Scheduler } from "../world/scheduler.ts";

/** What a plan shows of its steps; it counts them all. */
const MAX_STEPS_SHOWN = 1_000;

interface Course {
  readonly healthyBefore: number;
  fewestHealthy: number;
  fewestAfterMs: number;
  mostExtraTasks: number;
}

/** Looks on while a change takes its course, and keeps what a plan tells of it. */
export class Forecast implements ClusterListener {
  readonly timeline: PlanStep[] = [];
  readonly trippedBreakers: BreakerForecast[] = [];
  readonly before: TaskCounts;
  readonly reservedBefore: Reserved;
  readonly mostReserved: Reserved;
  stepCount = 0;
  /** Epoch ms: when the latest thing happened. */
  changedAt: number;
  readonly #view: ClusterView;
  readonly #clock: Scheduler;
  readonly #scope: Scope;
  readonly #start: number;
  readonly #courses = new Map<string, Course>();
  readonly #known: ReadonlySet<string>;
  readonly #newNames = new Map<string, string>();

  constructor(view: ClusterView, clock: Scheduler, scope: Scope) {
    this.#view = view;
    this.#clock = clock;
    this.#scope = scope;
    this.#start = clock.now;
    this.changedAt = clock.now;
    this.#known = new Set(view.tasks.keys());
    this.before = countTasks(view);
    this.reservedBefore = { ...view.reserved };
    this.mostReserved = { ...view.reserved };
    for (const name of view.services.keys()) this.#courseOf(name);
    view.listeners.push(this);
  }

  isNew(taskId: string): boolean {
    return !this.#known.has(taskId);
  }

  onTask(before: Task | undefined, after: Task): void {
    for (const step of stepsBetween(before, after)) this.#note(step, after);
    const service = this.#view.services.get(serviceNameOf(after) ?? "");
    if (service) this.#measure(service);
  }

  onService(before: Service | undefined, after: Service): void {
    this.#measure(after);
    if (before && isAlike(before, after)) return;
    this.changedAt = this.#clock.now;
    const failed = before?.deployments.find(
      (deployment) => deployment.rolloutState === "IN_PROGRESS" && isFailedIn(deployment, after),
    );
    if (!failed) return;
    this.trippedBreakers.push({
      service: after.name,
      deploymentId: failed.id,
      taskDefinition: failed.taskDefinition,
      afterMs: this.#elapsed(),
    });
  }

  onReserved({ cpuUnits, memoryMiB }: Reserved): void {
    this.mostReserved.cpuUnits = Math.max(this.mostReserved.cpuUnits, cpuUnits);
    this.mostReserved.memoryMiB = Math.max(this.mostReserved.memoryMiB, memoryMiB);
  }

  /** In the order of their names. */
  services(): readonly ServiceForecast[] {
    return [...this.#view.services.values()]
      .filter(({ status }) => status !== "INACTIVE")
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((service) => this.#serviceForecast(service));
  }

  #serviceForecast(service: Service): ServiceForecast {
    const course = this.#courseOf(service.name);
    const tally = this.#view.tallyOf(serviceGroup(service.name));
    return {
      service: service.name,
      desiredCount: wantedCount(service),
      healthy: {
        before: course.healthyBefore,
        fewest: course.fewestHealthy,
        fewestAfterMs: course.fewestAfterMs,
        after: tally.healthy,
      },
      mostExtraTasks: course.mostExtraTasks,
      pending: tally.pending,
      waiting: service.plannedStarts.filter(({ unplaced }) => unplaced !== undefined).length,
      steady: service.steady,
      taskDefinition: service.taskDefinition ?? "",
      rolloutState: service.deployments[0]?.rolloutState ?? "",
    };
  }

  #courseOf(name: string): Course {
    const { healthy } = this.#view.tallyOf(serviceGroup(name));
    const course = this.#courses.get(name) ?? {
      healthyBefore: healthy,
      fewestHealthy: healthy,
      fewestAfterMs: 0,
      mostExtraTasks: 0,
    };
    this.#courses.set(name, course);
    return course;
  }

  #measure(service: Service): void {
    const { name } = service;
    const course = this.#courseOf(name);
    const { healthy, total } = this.#view.tallyOf(serviceGroup(name));
    course.mostExtraTasks = Math.max(course.mostExtraTasks, total - wantedCount(service));
    if (healthy >= course.fewestHealthy) return;
    course.fewestHealthy = healthy;
    course.fewestAfterMs = this.#elapsed();
  }

  #note(step: StepKind, task: Task): void {
    this.changedAt = this.#clock.now;
    this.stepCount += 1;
    if (this.timeline.length === MAX_STEPS_SHOWN) return;
    this.timeline.push({
      afterMs: this.#elapsed(),
      step,
      task: this.#nameOf(task),
      group: task.group,
      taskDefinition: task.taskDefinition,
      containerInstanceArn: containerInstanceArn(
        this.#scope,
        task.cluster,
        task.containerInstanceId,
      ),
      availabilityZone: task.availabilityZone ?? "",
      why: WHY[step](task),
    });
  }

  /** A task that is only imagined gets no ARN: nobody would ever find it. */
  #nameOf(task: Task): string {
    if (!this.isNew(task.id)) return taskArn(this.#scope, task.cluster, task.id);
    const name = this.#newNames.get(task.id) ?? `new-${this.#newNames.size + 1}`;
    this.#newNames.set(task.id, name);
    return name;
  }

  #elapsed(): number {
    return this.#clock.now - this.#start;
  }
}

export function countTasks(view: ClusterView): TaskCounts {
  let [running, pending] = [0, 0];
  for (const tally of view.tallies.values()) {
    running += tally.running;
    pending += tally.pending;
  }
  return { running, pending };
}

/** As far as anybody would notice: what a service notes for itself is no event. */
const isAlike = (before: Service, after: Service): boolean => faceOf(before) === faceOf(after);

const faceOf = ({ desiredCount, status, steady, deployments, taskSets }: Service): string =>
  JSON.stringify([
    [desiredCount, status, steady],
    deployments.map(({ id, rolloutState }) => [id, rolloutState]),
    taskSets?.map(({ id, status: state, scale, stabilityStatus }) => [
      id,
      state,
      scale,
      stabilityStatus,
    ]),
  ]);

function stepsBetween(before: Task | undefined, after: Task): readonly StepKind[] {
  const isNews = (is: (task: Task) => boolean) => is(after) && !(before && is(before));
  const steps: StepKind[] = before ? [] : ["place"];
  if (isNews(({ lastStatus }) => lastStatus === "RUNNING")) steps.push("run");
  if (isNews(isToldToStop)) steps.push("stopOrder");
  if (isNews(({ lastStatus }) => lastStatus === "STOPPED")) steps.push("stop");
  return steps;
}

const isToldToStop = ({ desiredStatus, lastStatus }: Task): boolean =>
  desiredStatus === "STOPPED" && lastStatus !== "STOPPED";

const WHY: Readonly<Record<StepKind, (task: Task) => string>> = {
  place: (task) => causeText(task.history[0]?.cause),
  run: () => "",
  stopOrder: ({ stoppedReason = "" }) => stoppedReason,
  stop: ({ stoppedReason = "" }) => stoppedReason,
};

function causeText(cause: Cause | undefined): string {
  switch (cause?.kind) {
    case "api":
      return cause.operation;
    case "deployment":
      return `deployment ${cause.id}`;
    case "taskSet":
      return `task set ${cause.id}`;
    case "controlPlane":
      return cause.reason;
    case "agent":
    case undefined:
      return "";
  }
}
