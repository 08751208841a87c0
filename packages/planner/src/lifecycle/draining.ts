import type { InstanceLedger } from "@berth/domain/container-instance";
import type { Cause, Task } from "@berth/domain/task";

/**
 * A service's task as it is told that its instance drains, and why; or that it does no longer, and
 * then nothing is left of it. Undefined where that is no news or comes too late.
 */
export function markDraining(
  task: Task,
  ledger: Pick<InstanceLedger, "drain" | "host">,
  { draining, now }: { readonly draining: boolean; readonly now: number },
): Task | undefined {
  if (task.lastStatus === "STOPPED" || (task.draining ?? false) === draining) return undefined;
  const history = task.history.filter(({ to }) => to !== "draining");
  if (!draining) return { ...task, draining, history };
  const { at, cause } = whyDraining(ledger, now);
  // A task whose place was reserved before then is written after it.
  const entry = { at: Math.max(at, task.createdAt), to: "draining", cause };
  return { ...task, draining, history: [...history, entry] };
}

function whyDraining(
  { drain, host }: Pick<InstanceLedger, "drain" | "host">,
  now: number,
): { readonly at: number; readonly cause: Cause } {
  if (drain) {
    const { at, requestId, principalArn } = drain;
    const operation = "UpdateContainerInstancesState";
    return { at, cause: { kind: "api", operation, requestId, principalArn } };
  }
  if (host && host.state !== "running") {
    const reason = `EC2 told that its machine ${host.ec2InstanceId} is ${host.state}`;
    return { at: host.at, cause: { kind: "controlPlane", reason } };
  }
  return { at: now, cause: { kind: "controlPlane", reason: "" } };
}
