import type { InstanceLedger } from "@berth/domain/container-instance";
import { clusterOf, joinedAtOf, joinedListing, ledgerKey } from "../keys.ts";
import type { Stored } from "../store.ts";
import type { Item } from "../table.ts";
import { decodeReservation, encodeReservation } from "./reservation-format.ts";
import { expiryOf, membersOf, type Retention, toItem, toStored } from "./stored.ts";

/** The item of a ledger. One of an INACTIVE instance goes after a while. */
export function ledgerItem(
  { cluster, id, reservations, joinedAt, ...members }: InstanceLedger,
  retention: Retention,
): Item {
  const compact = Object.entries(reservations).map(([taskId, reservation]) => [
    taskId,
    encodeReservation(reservation),
  ]);
  return toItem(
    ledgerKey(cluster, id),
    { ...members, reservations: Object.fromEntries(compact) },
    members.status === "INACTIVE"
      ? expiryOf(retention)
      : joinedAt !== undefined && joinedListing(cluster, id, joinedAt),
  );
}

export function toLedger(item: Item): Stored<InstanceLedger> {
  const { reservations, ...members } = membersOf(item);
  const decoded = Object.entries(reservations as Record<string, string>).map(([taskId, text]) => [
    taskId,
    decodeReservation(text),
  ]);
  return toStored(item, {
    cluster: clusterOf(item),
    id: item.sk,
    ...members,
    ...(item.listSk !== undefined && { joinedAt: joinedAtOf(item.listSk) }),
    reservations: Object.fromEntries(decoded),
  });
}
