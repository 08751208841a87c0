import type { InstanceLedger, Reservation } from "@berth/domain/container-instance";
import { freeGpuIds } from "@berth/domain/container-instance";
import type { Stored, StoredInstance } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import { persist } from "../reconcile/persist.ts";

/** The ledger with these reservations as well: what is to be written to make them. */
export function withReservations(
  { instance, ledger }: StoredInstance,
  taskIds: readonly string[],
  reservation: Reservation,
): Stored<InstanceLedger> {
  const gpuCount = reservation.countable?.["GPU"] ?? 0;
  const reservations = { ...ledger.reservations };
  const gpuIdsOf = (taskId: string) => {
    // One that is there from an earlier try keeps its GPUs: its task may have been told of them.
    const kept = reservations[taskId]?.gpuIds ?? [];
    return [...kept, ...freeGpuIds(instance.gpuIds ?? [], { reservations })].slice(0, gpuCount);
  };
  for (const taskId of taskIds) {
    reservations[taskId] =
      gpuCount === 0 ? reservation : { ...reservation, gpuIds: gpuIdsOf(taskId) };
  }
  return { ...ledger, reservations };
}

/**
 * Gives back what these tasks hold on an instance, and has the freed capacity offered to those that
 * wait for some. Safe to repeat: what is not held any more is not looked for.
 */
export async function releaseReservations(
  controlPlane: Pick<ControlPlane, "store" | "relay" | "views">,
  cluster: string,
  containerInstanceId: string,
  taskIds: readonly string[],
): Promise<void> {
  const { instances } = controlPlane.store;
  const holdsAny = (ledger: InstanceLedger) =>
    taskIds.some((taskId) => taskId in ledger.reservations);
  // Half the price; one that shows none of them, or loses the race, may be too old.
  let glance = await instances.glanceAtLedger(cluster, containerInstanceId);
  const done = await persist<InstanceLedger>(
    async () => {
      const ledger = glance && holdsAny(glance) ? glance : undefined;
      glance = undefined;
      return ledger ?? instances.findLedger(cluster, containerInstanceId);
    },
    (ledger) => (holdsAny(ledger) ? withoutReservations(ledger, taskIds) : undefined),
    (ledger) => instances.replaceLedger(ledger),
  );
  if (!done?.written) return;
  controlPlane.views.of(cluster).takeLedger(done.item);
  await controlPlane.relay.wake({ kind: "placement", cluster }, { kind: "coalesced" });
}

function withoutReservations(
  ledger: Stored<InstanceLedger>,
  taskIds: readonly string[],
): Stored<InstanceLedger> {
  const released = new Set(taskIds);
  const reservations = Object.fromEntries(
    Object.entries(ledger.reservations).filter(([taskId]) => !released.has(taskId)),
  );
  return { ...ledger, reservations };
}
