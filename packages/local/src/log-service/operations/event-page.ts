import { z } from "zod";
import { compareCuts, type EventCut } from "../event-cut.ts";
import type { StoredEvent } from "../event-block.ts";
import type { TimeWindow } from "../log-events.ts";

/** Of one answer, and of one batch. Source: CloudWatch Logs API reference, GetLogEvents, FilterLogEvents. */
export const MAX_EVENTS = 10_000;
const MAX_PAGE_BYTES = 1_048_576;
/** Later than all that can be put. */
export const END_OF_TIME = Number.MAX_SAFE_INTEGER;

export const limitMember = z.int().min(1).max(MAX_EVENTS).default(MAX_EVENTS);

/** How much of an answer is used up. The first event always fits. */
export class EventPage {
  #left: number;
  #bytesLeft = MAX_PAGE_BYTES;
  #isEmpty = true;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** Whether there was room. */
  add({ message }: StoredEvent): boolean {
    this.#left -= 1;
    this.#bytesLeft -= Buffer.byteLength(message);
    const fits = this.#left >= 0 && (this.#bytesLeft >= 0 || this.#isEmpty);
    this.#isEmpty = false;
    return fits;
  }
}

/** Of what was read from the cut's time on, what lies after the cut itself. */
export function* eventsAfter(
  cut: EventCut | undefined,
  events: Iterable<StoredEvent>,
): Generator<StoredEvent> {
  for (const event of events) if (!cut || compareCuts(event, cut) >= 0) yield event;
}

export function* eventsBefore(
  cut: EventCut | undefined,
  events: Iterable<StoredEvent>,
): Generator<StoredEvent> {
  for (const event of events) if (!cut || compareCuts(event, cut) < 0) yield event;
}

/** No block that ends before the cut need be looked at. */
export const windowAfter = (
  cut: EventCut | undefined,
  { from, until }: TimeWindow,
): TimeWindow => ({ from: Math.max(from, cut?.timestamp ?? 0), until });

/** Nor one that begins after it. */
export const windowBefore = (
  cut: EventCut | undefined,
  { from, until }: TimeWindow,
): TimeWindow => ({ from, until: Math.min(until, cut ? cut.timestamp + 1 : END_OF_TIME) });
