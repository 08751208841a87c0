import { agentMissedSince } from "@berth/domain/container-instance";
import type { InstanceLedger } from "@berth/domain/container-instance";
import { awayListing, clusterOf, joinedListing, ledgerKey } from "../keys.ts";
import type { Stored } from "../store.ts";
import type { Item } from "../table.ts";
import { decodeReservation, encodeReservation } from "./reservation-format.ts";
import { decodedOnce, expiryOf, membersOf, type Retention, toItem, toStored } from "./stored.ts";

/** The item of a ledger, listed by when its agent came, or since when it is missed. One of an INACTIVE instance goes after a while. */
export function ledgerItem(ledger: InstanceLedger, retention: Retention): Item {
  const { cluster, id, reservations, ...members } = ledger;
  const compact = Object.entries(reservations).map(([taskId, reservation]) => [
    taskId,
    encodeReservation(reservation),
  ]);
  return toItem(
    ledgerKey(cluster, id),
    { ...members, reservations: Object.fromEntries(compact) },
    { ...listingOf(ledger), ...(members.status === "INACTIVE" && expiryOf(retention)) },
  );
}

function listingOf(ledger: InstanceLedger) {
  const { cluster, id, status, joinedAt } = ledger;
  const missedSince = agentMissedSince(ledger);
  if (missedSince !== undefined) return awayListing(missedSince, ledger);
  const isListed = joinedAt !== undefined && status !== "INACTIVE";
  return isListed ? joinedListing(cluster, id, joinedAt) : undefined;
}

export const toLedger = decodedOnce((item: Item): Stored<InstanceLedger> => {
  const { reservations, ...members } = membersOf(item);
  const decoded = Object.entries(reservations as Record<string, string>).map(([taskId, text]) => [
    taskId,
    decodeReservation(text),
  ]);
  return toStored(item, {
    cluster: clusterOf(item),
    id: item.sk,
    ...members,
    reservations: Object.fromEntries(decoded),
  });
});
