import type {
  HostRecord,
  InstanceLedger,
  PendingLifecycleAction,
} from "@berth/domain/container-instance";
import { isVacated, planLifecycleAction } from "@berth/planner/dispatch/plan-lifecycle-action";
import type { InstanceControlPlane } from "../context.ts";

/** What was told an Auto Scaling group: afterwards the action is over, or has been extended. */
export interface ToldLifecycleAction {
  readonly action: PendingLifecycleAction;
  readonly isOver: boolean;
}

/**
 * Tells the Auto Scaling group that waits with the end of an instance's machine what is to be told
 * now. It is written down afterwards: a death in between has it told again, which does no harm.
 *
 * @returns undefined where nothing was.
 */
export async function tendLifecycleAction(
  controlPlane: InstanceControlPlane,
  ledger: InstanceLedger,
): Promise<ToldLifecycleAction | undefined> {
  const { host } = ledger;
  if (!host?.lifecycleAction) return undefined;
  const neighbours = isVacated(ledger) ? await neighboursOf(controlPlane, ledger, host) : [];
  const { lifecycleActions, settings } = controlPlane;
  const plan = planLifecycleAction(ledger, neighbours, controlPlane.now(), settings);
  switch (plan.kind) {
    case "nothing":
      return undefined;
    case "complete":
      await lifecycleActions.complete(host.ec2InstanceId, plan.action);
      return { action: plan.action, isOver: true };
    case "extend": {
      const outcome = await lifecycleActions.recordHeartbeat(host.ec2InstanceId, plan.action);
      const action = { ...plan.action, extendedAt: controlPlane.now() };
      return { action, isOver: outcome === "over" };
    }
  }
}

/** The same with what was told, where the group still waits for the same reason. */
export function withTold<Ledger extends InstanceLedger>(
  ledger: Ledger,
  { action, isOver }: ToldLifecycleAction,
): Ledger {
  const { host } = ledger;
  if (host?.lifecycleAction?.token !== action.token) return ledger;
  const { lifecycleAction: _, ...record } = host;
  return { ...ledger, host: isOver ? record : { ...record, lifecycleAction: action } };
}

async function neighboursOf(
  { store: { instances } }: InstanceControlPlane,
  { cluster, id }: InstanceLedger,
  { ec2InstanceId }: HostRecord,
): Promise<readonly InstanceLedger[]> {
  const here = await instances.onHost(ec2InstanceId);
  const others = here.filter((each) => each.cluster !== cluster || each.id !== id);
  const ledgers = others.map((each) => instances.findLedger(each.cluster, each.id));
  return (await Promise.all(ledgers)).flatMap((each) => each ?? []);
}
