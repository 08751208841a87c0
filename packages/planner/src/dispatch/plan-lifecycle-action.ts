import type { InstanceLedger, PendingLifecycleAction } from "@berth/domain/container-instance";

export interface LifecycleSettings {
  /** How often a group that waits is told to wait on. */
  readonly lifecycleHeartbeatMs: number;
  /** How long tasks may keep a machine from its end. */
  readonly drainAtMostMs: number;
}

export type LifecyclePlan =
  /** Nobody waits, or nothing is to be told yet. */
  | { readonly kind: "nothing" }
  | { readonly kind: "complete"; readonly action: PendingLifecycleAction }
  | { readonly kind: "extend"; readonly action: PendingLifecycleAction };

/**
 * What the Auto Scaling group is to be told that waits with the end of this instance's machine: to go
 * on once nothing runs there any more, or after so long that it must; to wait on until then.
 *
 * @param neighbours other instances on the same machine: it ends for them as well
 */
export function planLifecycleAction(
  ledger: InstanceLedger,
  neighbours: readonly InstanceLedger[],
  now: number,
  { lifecycleHeartbeatMs, drainAtMostMs }: LifecycleSettings,
): LifecyclePlan {
  const action = ledger.host?.lifecycleAction;
  if (!action) return { kind: "nothing" };
  const isVacant = [ledger, ...neighbours].every(isVacated);
  if (isVacant || action.since + drainAtMostMs <= now) return { kind: "complete", action };
  return action.extendedAt + lifecycleHeartbeatMs <= now
    ? { kind: "extend", action }
    : { kind: "nothing" };
}

/** Nothing runs on it, and nothing will: an ACTIVE instance may be given a task the next moment. */
export const isVacated = ({ status, reservations }: InstanceLedger): boolean =>
  status !== "ACTIVE" && Object.keys(reservations).length === 0;

/** Epoch ms: when there will be something to tell a group that waits, even if nothing happens before. */
export function lifecycleLooks(
  { host }: InstanceLedger,
  { lifecycleHeartbeatMs, drainAtMostMs }: LifecycleSettings,
): readonly number[] {
  const action = host?.lifecycleAction;
  return action ? [action.extendedAt + lifecycleHeartbeatMs, action.since + drainAtMostMs] : [];
}
