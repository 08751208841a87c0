import type { ServiceEvent } from "@berth/domain/service";
import { eventOf, eventPartition, eventSortKey } from "../keys.ts";
import type { Item, Table } from "../table.ts";
import { expiryOf, type Retention, toItem } from "./stored.ts";

interface OfService {
  readonly cluster: string;
  readonly name: string;
}

/** Writes each event once, however often it is given. */
export async function putEvents(
  table: Table,
  retention: Retention,
  { cluster, name, events }: OfService & { readonly events: readonly ServiceEvent[] },
): Promise<void> {
  const pk = eventPartition(cluster, name);
  await Promise.all(
    events.map(({ createdAt, id, message }) =>
      table.create(
        toItem(
          { pk, sk: eventSortKey(createdAt, id) },
          { message },
          expiryOf(retention, createdAt),
        ),
      ),
    ),
  );
}

/** Newest first. */
export async function latestEvents(
  table: Table,
  { cluster, name, limit }: OfService & { readonly limit: number },
): Promise<readonly ServiceEvent[]> {
  const page = await table.query(eventPartition(cluster, name), { reverse: true, limit });
  return page.items.map(toEvent);
}

const toEvent = (item: Item): ServiceEvent => ({
  ...eventOf(item),
  message: String(item["message"]),
});
