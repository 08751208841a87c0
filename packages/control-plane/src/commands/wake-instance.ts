import type { InstanceLedger } from "@berth/domain/container-instance";
import type { CommandContext, ControlPlane } from "../context.ts";

/**
 * Has the dispatch controller look at an instance whose ledger was just marked as due. Names no
 * tasks: those would be told to the agent, and the instance itself left to the sweep.
 */
export async function wakeInstance(
  { relay }: Pick<ControlPlane, "relay">,
  { cluster, id }: InstanceLedger,
): Promise<void> {
  await relay.wake({ kind: "dispatch", cluster, containerInstanceId: id, taskIds: [] });
}

/** Has services that wait for capacity look again, once for all changes of the same second. */
export async function wakePlacement(context: CommandContext, cluster: string): Promise<void> {
  await context.relay.wake({ kind: "placement", cluster }, { kind: "coalesced" });
}
