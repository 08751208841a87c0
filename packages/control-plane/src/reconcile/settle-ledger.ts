import type { InstanceLedger } from "@berth/domain/container-instance";
import type { Stored } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import { persist, withDue } from "./persist.ts";

/**
 * Takes the mark off a ledger whose tasks have been brought in line, unless it changed meanwhile.
 * Where nothing runs any more, what is still reserved may yet become a task: that is looked at again
 * when the reservation is old enough to be given back.
 */
export async function settleLedger(
  controlPlane: ControlPlane,
  seen: Stored<InstanceLedger>,
  hostIsGone: boolean,
): Promise<void> {
  const { instances } = controlPlane.store;
  const again = controlPlane.now() + controlPlane.settings.orphanedReservationMs;
  const isOver = hostIsGone || seen.status === "INACTIVE";
  await persist<InstanceLedger>(
    async () => instances.findLedger(seen.cluster, seen.id),
    (ledger) =>
      ledger.status === seen.status && ledger.due === seen.due
        ? withDue<InstanceLedger>(ledger, isOver && isHeld(ledger) ? again : undefined)
        : undefined,
    (ledger) => instances.replaceLedger(ledger),
  );
}

const isHeld = ({ reservations }: InstanceLedger): boolean => Object.keys(reservations).length > 0;
