import type { PayloadTask } from "@berth/contracts/agent/messages";
import type { NetworkBinding } from "@berth/domain/task";
import type { Operation } from "./operation.ts";
import type { TaskStateChange } from "./report.ts";
import type { ContainerHealth, ManagedTask, ObservedContainer } from "./state.ts";

/** Everything that can change what the agent knows. Times are epoch ms. */
export type AgentEvent =
  | { readonly kind: "taskArrived"; readonly task: PayloadTask }
  | { readonly kind: "taskRefused"; readonly taskArn: string; readonly reason: string }
  | { readonly kind: "taskRestored"; readonly task: ManagedTask }
  | { readonly kind: "taskRecorded"; readonly taskArn: string }
  | { readonly kind: "stopOrdered"; readonly taskArn: string }
  | { readonly kind: "begun"; readonly operation: Operation }
  | { readonly kind: "pulled"; readonly container: ContainerKey; readonly image: PulledImage }
  | { readonly kind: "volumesReady"; readonly taskArn: string }
  | { readonly kind: "volumesFailed"; readonly taskArn: string; readonly reason: string }
  | { readonly kind: "created"; readonly container: ContainerKey; readonly dockerId: string }
  | {
      readonly kind: "started";
      readonly container: ContainerKey;
      readonly startedAt: number;
      readonly networkBindings: readonly NetworkBinding[];
    }
  /** A pull, create or start that will not be tried again. */
  | { readonly kind: "failed"; readonly container: ContainerKey; readonly reason: string }
  /** The engine was told to stop it, or could not be; its exit is told apart, when it happens. */
  | { readonly kind: "stopSent"; readonly container: ContainerKey; readonly retryAt: number }
  | { readonly kind: "exited"; readonly container: ContainerKey; readonly exit: ContainerExit }
  | { readonly kind: "healthChanged"; readonly container: ContainerKey; readonly health: ContainerHealth }
  | { readonly kind: "observed"; readonly observation: Observation }
  | { readonly kind: "reportAccepted"; readonly change: TaskStateChange }
  | { readonly kind: "cleaned"; readonly taskArn: string }
  | { readonly kind: "cleanFailed"; readonly taskArn: string; readonly retryAt: number }
  /** Time has passed. */
  | { readonly kind: "tick" };

/** All containers of this instance, as the engine showed them. */
export interface Observation {
  readonly containers: readonly ObservedContainer[];
  /** Engine's ids known before it was asked: one of these that is not shown is gone. */
  readonly expectedIds: ReadonlySet<string>;
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
