import type { Log } from "@berth/functions/log";
import type { LogEvents } from "./log-events.ts";
import type { LogGroups } from "./log-groups.ts";

const DAY_MS = 24 * 3_600_000;
/** Not a little with every batch. */
const KEPT_SHARE = 0.9;

/**
 * Forgets what is older than its group keeps it, and what came first of all where there is more than so
 * many bytes; the latter nobody asked for, so it is said.
 */
export function forgetLogs(
  {
    groups,
    events,
    log,
  }: { readonly groups: LogGroups; readonly events: LogEvents; readonly log: Log },
  { maxBytes, now }: { readonly maxBytes: number; readonly now: number },
): void {
  for (const { id, retentionDays } of groups.list()) {
    if (retentionDays !== undefined) events.dropBefore(id, now - retentionDays * DAY_MS);
  }
  if (events.size <= maxBytes) return;
  const dropped = events.dropOldest(maxBytes * KEPT_SHARE);
  if (!dropped) return;
  log.warn("There was no more room for logs: the oldest were dropped", {
    events: dropped.events,
    takenUntil: new Date(dropped.ingestedUntil).toISOString(),
    maxBytes,
  });
}
