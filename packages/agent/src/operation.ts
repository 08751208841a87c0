import type { ContainerKey } from "./event.ts";
import type { TaskStateChange } from "./report.ts";

/** One thing to do, in the world, now. */
export type Operation =
  | { readonly kind: "pull"; readonly container: ContainerKey; readonly image: string }
  | { readonly kind: "ensureVolumes"; readonly taskArn: string }
  /** Files of variables, secrets and logins, which no message brings. */
  | { readonly kind: "fetchSources"; readonly taskArn: string }
  | { readonly kind: "create"; readonly container: ContainerKey }
  | { readonly kind: "start"; readonly container: ContainerKey; readonly dockerId: string }
  | {
      readonly kind: "stop";
      readonly container: ContainerKey;
      readonly dockerId: string;
      readonly timeoutMs: number;
    }
  | { readonly kind: "report"; readonly change: TaskStateChange }
  /** Removes what the task left in the engine, and its state file. */
  | { readonly kind: "clean"; readonly taskArn: string };

export type OperationKind = Operation["kind"];

/** The ARN of the task that the operation is for. */
export function taskArnOf(operation: Operation): string {
  switch (operation.kind) {
    case "pull":
    case "create":
    case "start":
    case "stop":
      return operation.container.taskArn;
    case "ensureVolumes":
    case "fetchSources":
    case "clean":
      return operation.taskArn;
    case "report":
      return operation.change.taskArn;
  }
}
