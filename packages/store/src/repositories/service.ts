import type { PlannedStop, Service } from "@berth/domain/service";
import {
  clusterOf,
  daemonListing,
  serviceKey,
  servicePartition,
  waitingListing,
  WANTING,
  wantingList,
} from "../keys.ts";
import type { New, ServiceRepository, Stored } from "../store.ts";
import type { Item, Table, WriteOutcome } from "../table.ts";
import { type Alike, decodeAlike, encodeAlike } from "./alike-format.ts";
import { fullPage, listAll } from "./pages.ts";
import { type CompactStarts, decodeStarts, encodeStarts } from "./planned-start-format.ts";
import { type CompactChange, decodeChange, encodeChange } from "./service-change-format.ts";
import { latestEvents, putEvents } from "./service-event.ts";
import {
  decodedOnce,
  expiryOf,
  findConfirmed,
  membersOf,
  type Retention,
  toItem,
  toStored,
} from "./stored.ts";

export function createServiceRepository(table: Table, retention: Retention): ServiceRepository {
  return {
    find: async (cluster, name) => {
      const item = await findConfirmed(table, serviceKey(cluster, name));
      return item && toService(item);
    },

    findMany: async (cluster, names) => {
      const keys = names.map((name) => serviceKey(cluster, name));
      return (await table.getMany(keys, { consistent: true })).map(toService);
    },

    findLatest: async (cluster, name) => {
      const item = await table.get(serviceKey(cluster, name), { consistent: true });
      return item && toService(item);
    },

    create: (service) => createOverInactive(table, itemOf(service, retention)),

    replace: (service) => table.replace(itemOf(service, retention)),

    page: async (cluster, request) => {
      const page = await fullPage(table, servicePartition(cluster), isNotInactive, request);
      return { ...page, items: page.items.map(toService) };
    },

    daemons: async (cluster) => {
      const keys = await listAll(table, wantingList(cluster), { skPrefix: WANTING.daemon });
      return keys.map((key) => key.sk);
    },

    putEvents: (cluster, name, events) => putEvents(table, retention, { cluster, name, events }),

    latestEvents: (cluster, name, limit) => latestEvents(table, { cluster, name, limit }),
  };
}

/** The name of an INACTIVE service is free again: a new one takes its item over. */
async function createOverInactive(table: Table, item: Item): Promise<WriteOutcome> {
  if ((await table.create(item)) === "ok") return "ok";
  const existing = await table.get(item, { consistent: true });
  if (!existing || isNotInactive(existing)) return "conflict";
  return table.replace({ ...item, version: existing.version });
}

const isNotInactive = (item: Item) => item["status"] !== "INACTIVE";

function itemOf(service: New<Service>, retention: Retention): Item {
  const { cluster, name, plannedStarts, plannedStops, latestChange, ...members } = service;
  return toItem(
    serviceKey(cluster, name),
    {
      ...members,
      ...encodeStarts(plannedStarts),
      ...(plannedStops && { plannedStops: encodeAlike(plannedStops) }),
      ...(latestChange && { latestChange: encodeChange(latestChange) }),
    },
    {
      ...listing(service),
      ...(service.status === "INACTIVE" && expiryOf(retention, service.inactiveAt)),
    },
  );
}

/** A DAEMON service is always among those that instances may concern. */
function listing({ cluster, name, plannedStarts, ...service }: New<Service>) {
  if (service.schedulingStrategy === "DAEMON") {
    return service.status === "ACTIVE" ? daemonListing(cluster, name) : {};
  }
  const waits = plannedStarts.some((start) => start.unplaced);
  return waits ? waitingListing(cluster, name) : {};
}

/** The service of an item. */
export const toService = decodedOnce((item: Item): Stored<Service> => {
  // Starts were `plannedStarts` once, one by one: whoever expects those must not misread these.
  const { plannedStarts, starts = plannedStarts, ...others } = membersOf(item);
  const { unplacedReasons, plannedStops, latestChange, ...members } = others;
  return toStored(item, {
    cluster: clusterOf(item),
    name: item.sk,
    ...members,
    plannedStarts: decodeStarts({ starts, unplacedReasons } as CompactStarts),
    ...(plannedStops !== undefined && {
      plannedStops: decodeAlike(plannedStops as readonly Alike<PlannedStop>[]),
    }),
    ...(latestChange !== undefined && {
      latestChange: decodeChange(latestChange as CompactChange),
    }),
  });
});
