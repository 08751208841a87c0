import type { InstanceLedger } from "@berth/domain/container-instance";
import { lifecycleLooks } from "@berth/planner/dispatch/plan-lifecycle-action";
import type { Stored } from "@berth/store/store";
import type { InstanceControlPlane } from "../context.ts";
import { tendLifecycleAction, withTold } from "../hosts/tend-lifecycle-action.ts";
import { persist, withDue } from "./persist.ts";

interface Looked {
  readonly hostIsGone: boolean;
  /** Its mark had come up: its tasks were looked at. */
  readonly wasDue: boolean;
}

/**
 * Tells the group that waits with the end of an instance what is to be told, and takes the mark off a
 * ledger whose tasks have been brought in line, unless it changed meanwhile. Where nothing runs any
 * more, what is still reserved may yet become a task: that is looked at again when the reservation is
 * old enough to be given back. Where a group waits, it is looked at when that is to be told more.
 */
export async function settleLedger(
  controlPlane: InstanceControlPlane,
  seen: Stored<InstanceLedger>,
  { hostIsGone, wasDue }: Looked,
): Promise<void> {
  const told = await tendLifecycleAction(controlPlane, seen);
  if (!told && !wasDue) return;
  const { settings, store } = controlPlane;
  const isOver = hostIsGone || seen.status === "INACTIVE";
  const orphansAt = controlPlane.now() + settings.orphanedReservationMs;
  await persist<InstanceLedger>(
    async () => store.instances.findLedger(seen.cluster, seen.id),
    (ledger) => {
      if (ledger.status !== seen.status || ledger.due !== seen.due) return undefined;
      const next = told ? withTold(ledger, told) : ledger;
      const looks = [
        ...(isOver && isHeld(next) ? [orphansAt] : []),
        ...lifecycleLooks(next, settings),
        // What is asked for later is not done yet.
        ...(wasDue || ledger.due === undefined ? [] : [ledger.due]),
      ];
      return withDue<InstanceLedger>(next, looks.length > 0 ? Math.min(...looks) : undefined);
    },
    (ledger) => store.instances.replaceLedger(ledger),
  );
}

const isHeld = ({ reservations }: InstanceLedger): boolean => Object.keys(reservations).length > 0;
