import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import type { Capacity, Demand } from "@berth/domain/resources";
import type { NetworkBinding } from "@berth/domain/task";
import type { ContainerExit } from "./event.ts";
import { hasSources } from "./sources/needs.ts";

/** How far a container has come. It only moves forward, and any phase may be followed by STOPPED. */
export const CONTAINER_PHASES = ["NONE", "PULLED", "CREATED", "RUNNING", "STOPPED"] as const;
export type ContainerPhase = (typeof CONTAINER_PHASES)[number];

export interface ContainerHealth {
  readonly status: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  /** Epoch ms. */
  readonly since: number;
}

export interface ContainerState {
  readonly name: string;
  readonly phase: ContainerPhase;
  /** What the engine is asked to do with it right now: nothing else is asked meanwhile. */
  readonly busy?: "pull" | "create" | "start" | "stop";
  /** The engine's id; absent until it is created. */
  readonly dockerId?: string;
  readonly imageDigest?: string;
  readonly networkBindings?: readonly NetworkBinding[];
  /** Epoch ms; absent where it never ran. */
  readonly startedAt?: number;
  /** Epoch ms. */
  readonly finishedAt?: number;
  readonly exitCode?: number;
  /** Why it stopped or never ran, with ECS's prefix. */
  readonly reason?: string;
  readonly health?: ContainerHealth;
  /** It ended and its restart policy has it started again: it is still RUNNING for its task. */
  readonly down?: ContainerExit;
  /** Absent where it was never started again; `afterEndAt` is when the run before this one ended. */
  readonly restarts?: { readonly count: number; readonly afterEndAt: number };
  /** Epoch ms: a stop that failed or showed no effect is tried again then. */
  readonly retryAt?: number;
  /** It was given up, and the engine started it all the same: it is to be stopped. */
  readonly stray?: true;
}

export type ReportedStatus = "NONE" | "RUNNING" | "STOPPED";

/** What the control plane has accepted, which a restarted agent need not say again. */
export interface Reported {
  readonly status: ReportedStatus;
  /** Names of containers that were reported STOPPED. */
  readonly stoppedContainers: readonly string[];
}

/** One task, from the payload that brought it until its containers are removed. */
export interface ManagedTask {
  readonly arn: string;
  readonly payload: PayloadTask;
  readonly demand: Demand;
  readonly desiredStatus: "RUNNING" | "STOPPED";
  /** It is in its state file: nothing is created for a task that a restarted agent would not know. */
  readonly recorded: boolean;
  /** It holds its share of the instance until all its containers stopped. */
  readonly admitted: boolean;
  readonly volumes: "NONE" | "BUSY" | "READY";
  /** What is fetched for its containers is in memory alone: after a restart there is NONE again. */
  readonly sources: "NONE" | "BUSY" | "READY";
  readonly containers: readonly ContainerState[];
  /** Why the task as a whole stopped, where no container says it. */
  readonly reason?: string;
  /** Epoch ms. */
  readonly pullStartedAt?: number;
  /** Epoch ms. */
  readonly pullStoppedAt?: number;
  /** Epoch ms: when its last container stopped. */
  readonly stoppedAt?: number;
  readonly reported: Reported;
  readonly reporting: boolean;
  readonly cleaning: boolean;
  /** Epoch ms: a cleanup that failed is tried again then. */
  readonly cleanupRetryAt?: number;
}

/** All that the agent knows. Tasks are in order of arrival: that is the order of the resource gate. */
export interface AgentState {
  readonly capacity: Capacity;
  readonly tasks: ReadonlyMap<string, ManagedTask>;
}

/** The times and limits that decisions depend on. */
export interface StepSettings {
  /** How long a stopped task's containers stay, counted from its end. */
  readonly cleanupWaitMs: number;
  /** From SIGTERM to SIGKILL where the container does not say. */
  readonly stopTimeoutMs: number;
}

/** A container as the engine shows it, told apart by the labels that the agent gave it. */
export interface ObservedContainer {
  readonly taskArn: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
  readonly dockerId: string;
  readonly phase: "CREATED" | "RUNNING" | "STOPPED";
  readonly networkBindings?: readonly NetworkBinding[];
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly health?: ContainerHealth;
}

const RANK: Readonly<Record<ContainerPhase, number>> = {
  NONE: 0,
  PULLED: 1,
  CREATED: 2,
  RUNNING: 3,
  STOPPED: 4,
};

export const isAtLeast = (phase: ContainerPhase, other: ContainerPhase): boolean =>
  RANK[phase] >= RANK[other];

export const isStopped = (task: ManagedTask): boolean =>
  task.containers.every((container) => container.phase === "STOPPED");

export const containerOf = (task: ManagedTask, name: string): ContainerState | undefined =>
  task.containers.find((container) => container.name === name);

export const definitionOf = (task: ManagedTask, name: string): PayloadContainer | undefined =>
  task.payload.containers.find((container) => container.name === name);

/** Where a task stands for which nothing was fetched yet. */
export const unfetchedSources = (payload: PayloadTask): ManagedTask["sources"] =>
  hasSources(payload) ? "NONE" : "READY";

/** A task as it arrives, with nothing done for it yet. */
export function newTask(payload: PayloadTask, demand: Demand): ManagedTask {
  return {
    arn: payload.arn,
    payload,
    demand,
    desiredStatus: payload.desiredStatus,
    recorded: false,
    admitted: false,
    volumes: payload.volumes.length > 0 ? "NONE" : "READY",
    sources: unfetchedSources(payload),
    containers: payload.containers.map(({ name }) => ({ name, phase: "NONE" })),
    reported: { status: "NONE", stoppedContainers: [] },
    reporting: false,
    cleaning: false,
  };
}
