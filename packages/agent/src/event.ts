import type { PayloadTask } from "@berth/contracts/agent/messages";
import type { NetworkBinding } from "@berth/domain/task";
import type { Operation } from "./operation.ts";
import type { TaskStateChange } from "./report.ts";
import type { ContainerHealth, ManagedTask, ObservedContainer } from "./state.ts";

/** Everything that can change what the agent knows. Times are epoch ms. */
export type AgentEvent = ContainerEvent | TaskEvent | InstanceEvent;

/** What is learnt of one container. */
export type ContainerEvent = { readonly container: ContainerKey } & (
  | { readonly kind: "pulled"; readonly image: PulledImage }
  | { readonly kind: "created"; readonly dockerId: string }
  | {
      readonly kind: "started";
      readonly startedAt: number;
      readonly networkBindings: readonly NetworkBinding[];
    }
  /** A pull, create or start that will not be tried again. */
  | { readonly kind: "failed"; readonly reason: string }
  /** The engine was told to stop it, or could not be; its exit is told apart, when it happens. */
  | { readonly kind: "stopSent"; readonly retryAt: number }
  | { readonly kind: "exited"; readonly exit: ContainerExit }
  /** The engine tells that it began to run, whoever asked for it. */
  | { readonly kind: "runs"; readonly dockerId: string }
  | { readonly kind: "healthChanged"; readonly health: ContainerHealth }
);

/** What is learnt of one known task. */
export type TaskEvent = { readonly taskArn: string } & (
  | { readonly kind: "taskRecorded" }
  | { readonly kind: "stopOrdered" }
  | { readonly kind: "begun"; readonly operation: Operation }
  | { readonly kind: "volumesReady" }
  | { readonly kind: "volumesFailed"; readonly reason: string }
  | { readonly kind: "sourcesReady" }
  /** Nothing was fetched yet, and may be now. */
  | { readonly kind: "sourcesAwaited" }
  | { readonly kind: "sourcesFailed"; readonly reason: string }
  | { readonly kind: "reportAccepted"; readonly change: TaskStateChange }
  | { readonly kind: "cleaned" }
  | { readonly kind: "cleanFailed"; readonly retryAt: number }
);

export type InstanceEvent =
  | { readonly kind: "taskArrived"; readonly task: PayloadTask }
  | { readonly kind: "taskRefused"; readonly arn: string; readonly reason: string }
  | { readonly kind: "taskRestored"; readonly task: ManagedTask }
  | { readonly kind: "observed"; readonly observation: Observation }
  /** Somebody set the machine's clock, forward by so much. */
  | { readonly kind: "clockSet"; readonly byMs: number }
  /** Time has passed. */
  | { readonly kind: "tick" };

/** All containers of this instance, as the engine showed them. */
export interface Observation {
  readonly containers: readonly ObservedContainer[];
  /** What was known before it was asked, since it may have changed while it answered. */
  readonly before: KnownBefore;
}

export interface KnownBefore {
  readonly taskArns: ReadonlySet<string>;
  /** The engine's ids of their containers: one of these that is not shown is gone. */
  readonly dockerIds: ReadonlySet<string>;
  /** Containers, as task's ARN and name, that were over: what runs of these began later. */
  readonly over: ReadonlySet<string>;
}

export interface ContainerKey {
  readonly taskArn: string;
  readonly name: string;
}

export interface PulledImage {
  readonly digest?: string;
  /** Both present where a registry was asked. */
  readonly startedAt?: number;
  readonly stoppedAt?: number;
}

export interface ContainerExit {
  readonly dockerId: string;
  readonly finishedAt: number;
  readonly exitCode?: number;
  readonly reason?: string;
}
