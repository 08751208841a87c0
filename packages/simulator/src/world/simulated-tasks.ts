import type { PayloadTask } from "@berth/contracts/agent/messages";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Behaviour, TaskScript } from "./behaviour.ts";

type Status = "starting" | "running" | "stopping" | "stopped";
type Report = EcsRequest<"SubmitTaskStateChange">;

/** A task on an instance, as far as its agent knows it. */
interface SimulatedTask {
  readonly arn: string;
  readonly family: string;
  readonly version: string;
  readonly containerNames: readonly string[];
  readonly script: TaskScript;
  status: Status;
  exitCode?: number;
  /** The control plane has heard of its end. */
  isEndTold: boolean;
}

/** What the tasks need of the agent that has them. */
export interface TaskSurroundings {
  readonly behaviour: Behaviour;
  /** Runs it after so long, unless the machine is off by then. */
  later(delayMs: number, run: () => void): void;
  /** `done` once it was answered. */
  report(report: Report, done: () => void): void;
  reportHealth(task: Pick<SimulatedTask, HealthMembers>, status: "HEALTHY" | "UNHEALTHY"): void;
}

type HealthMembers = "arn" | "family" | "version" | "containerNames";
export type ReportedTask = Pick<SimulatedTask, HealthMembers>;

/** How far a task is that is adopted, and for how long it has been so. */
export interface AdoptedState {
  /** Warming: it runs, and its health is not known yet. */
  readonly is: "starting" | "warming" | "running";
  readonly sinceMs: number;
}

/** Exit codes of containers that a signal ended. */
const SIGKILLED = 137;
const SIGTERMED = 143;

/** The tasks of one instance. Their containers are only said to run. */
export class SimulatedTasks {
  readonly #tasks = new Map<string, SimulatedTask>();
  readonly #around: TaskSurroundings;

  constructor(around: TaskSurroundings) {
    this.#around = around;
  }

  /** ARNs of the tasks whose containers run, also of those that are being stopped. */
  get running(): readonly string[] {
    return [...this.#tasks.values()].filter(isUp).map(({ arn }) => arn);
  }

  /** ARNs of those that run and are left in peace. */
  get undisturbed(): readonly string[] {
    return [...this.#tasks.values()]
      .filter(({ status }) => status === "running")
      .map(({ arn }) => arn);
  }

  /** ARNs of those that are not over. */
  get unstopped(): readonly string[] {
    return [...this.#tasks.values()]
      .filter(({ status }) => status !== "stopped")
      .map(({ arn }) => arn);
  }

  obey(payload: PayloadTask): void {
    if (payload.desiredStatus === "STOPPED") this.stop(payload.arn);
    else if (!this.#tasks.has(payload.arn)) this.#begin(this.#know(payload, "starting"));
  }

  /** Takes over what is there already, as far on its way as it is. */
  adopt(payload: PayloadTask, { is, sinceMs }: AdoptedState): void {
    if (is === "starting") this.#begin(this.#know(payload, "starting"), sinceMs);
    else {
      const task = this.#know(payload, "running");
      if (is === "warming") this.#liveOn(task, sinceMs);
    }
  }

  stop(arn: string): void {
    const task = this.#tasks.get(arn);
    if (!task || task.status === "stopped") {
      this.#reportEnd(task ?? stranger(arn));
      return;
    }
    if (task.status === "stopping") return;
    if (task.status === "running") {
      task.status = "stopping";
      this.#around.later(task.script.stopMs, () => this.#exit(task, SIGTERMED));
      return;
    }
    task.status = "stopped";
    this.#reportEnd(task);
  }

  /** The containers of a running task end, for no reason of Berth's. */
  kill(arn: string, exitCode = 1): void {
    const task = this.#tasks.get(arn);
    if (task?.status === "running") this.#exit(task, exitCode);
  }

  /** The machine lost its power: nothing runs any more, and nobody hears of it yet. */
  cutPower(): void {
    for (const task of this.#tasks.values()) {
      if (task.status === "stopped") continue;
      task.status = "stopped";
      task.exitCode = SIGKILLED;
    }
  }

  /** Tells of the ends that nobody has heard of. */
  tellEnds(): void {
    for (const task of this.#tasks.values()) {
      if (task.status === "stopped" && !task.isEndTold) this.#reportEnd(task);
    }
  }

  #exit(task: SimulatedTask, exitCode: number): void {
    if (task.status === "stopped") return;
    task.status = "stopped";
    task.exitCode = exitCode;
    this.#reportEnd(task);
  }

  #know(payload: PayloadTask, status: Status): SimulatedTask {
    const { arn, family, version } = payload;
    const task: SimulatedTask = {
      arn,
      family,
      version,
      containerNames: payload.containers.map(({ name }) => name),
      script: this.#around.behaviour(payload),
      status,
      isEndTold: false,
    };
    this.#tasks.set(arn, task);
    return task;
  }

  #begin(task: SimulatedTask, sinceMs = 0): void {
    const { startMs, failsToStart } = task.script;
    this.#around.later(Math.max(0, startMs - sinceMs), () => {
      if (task.status !== "starting") return;
      task.status = failsToStart ? "stopped" : "running";
      if (failsToStart) {
        this.#reportEnd(task);
        return;
      }
      this.#report(task, { status: "RUNNING" });
      this.#liveOn(task);
    });
  }

  #liveOn(task: SimulatedTask, sinceMs = 0): void {
    const { exits, healthyMs, unhealthyMs, repeatHealthMs } = task.script;
    const at = (ms: number, run: () => void) => this.#around.later(Math.max(0, ms - sinceMs), run);
    const tell = (status: "HEALTHY" | "UNHEALTHY") => () => {
      if (task.status !== "running") return;
      this.#around.reportHealth(task, status);
      if (repeatHealthMs !== undefined) this.#around.later(repeatHealthMs, tell(status));
    };
    if (healthyMs !== undefined) at(healthyMs, tell("HEALTHY"));
    if (unhealthyMs !== undefined) at(unhealthyMs, tell("UNHEALTHY"));
    if (exits) at(exits.afterMs, () => this.#exit(task, exits.exitCode));
  }

  #reportEnd(task: SimulatedTask): void {
    const { exitCode } = task;
    const end = { status: "STOPPED", ...(exitCode !== undefined && { exitCode }) };
    this.#report(task, end, () => {
      task.isEndTold = true;
    });
  }

  #report(
    task: SimulatedTask,
    state: { readonly status: string; readonly exitCode?: number },
    done: () => void = () => undefined,
  ): void {
    const containers = task.containerNames.map((containerName) => ({ containerName, ...state }));
    this.#around.report({ task: task.arn, status: state.status, containers }, done);
  }
}

const isUp = ({ status }: SimulatedTask): boolean => status === "running" || status === "stopping";

/** A task that is to be stopped and that the agent has never had. */
const stranger = (arn: string): SimulatedTask => ({
  arn,
  family: "",
  version: "",
  containerNames: [],
  script: { startMs: 0, stopMs: 0 },
  status: "stopped",
  isEndTold: false,
});
