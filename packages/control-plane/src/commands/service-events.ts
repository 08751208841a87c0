import type { Service, ServiceEvent } from "@berth/domain/service";
import type { ControlPlane } from "../context.ts";

/** As many as ECS keeps of a service. */
const MAX_EVENTS = 100;

/**
 * The events of a service, newest first: the latest are still on the service itself. Those of an
 * earlier service of the same name are not its own.
 */
export async function eventsOf(
  context: Pick<ControlPlane, "store">,
  service: Service,
): Promise<readonly ServiceEvent[]> {
  const { cluster, name } = service;
  const stored = await context.store.services.latestEvents(cluster, name, MAX_EVENTS);
  // Events of one pass have one time; they are told in the order in which they were added.
  const all = [...service.newEvents.toReversed(), ...stored];
  const distinct = new Map(all.map((event) => [event.id, event]));
  return [...distinct.values()]
    .filter((event) => event.createdAt >= service.createdAt)
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .slice(0, MAX_EVENTS);
}
