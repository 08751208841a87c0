import type { InstanceLedger } from "@berth/domain/container-instance";
import type { CommandContext } from "../context.ts";

/** Has the dispatch controller look at an instance whose ledger was just marked as due. */
export async function wakeInstance(context: CommandContext, ledger: InstanceLedger): Promise<void> {
  await context.relay.wake({
    kind: "dispatch",
    cluster: ledger.cluster,
    containerInstanceId: ledger.id,
    taskIds: Object.keys(ledger.reservations),
  });
}

/** Has services that wait for capacity look again, once for all changes of the same second. */
export async function wakePlacement(context: CommandContext, cluster: string): Promise<void> {
  await context.relay.wake({ kind: "placement", cluster }, { kind: "coalesced" });
}
