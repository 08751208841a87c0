import { z } from "zod";
import { EVENT_DETAIL_TYPES, type ToldEvent } from "../ecs-event.ts";

/** What `GET /v1/events` answers. */
export interface EventPage {
  readonly events: readonly ToldEvent[];
  /** Where to go on, also where there is nothing more yet: `?cursor=…`. */
  readonly next: string;
}

const MAX_EVENTS = 100;
/** API Gateway gives up after 29 seconds. */
const MAX_WAIT_SECONDS = 20;

/** The query of `GET /v1/events`. */
export const eventsQuery = z.object({
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_EVENTS).default(MAX_EVENTS),
  /** How long to wait for the first event, where there is none. */
  waitSeconds: z.coerce.number().int().min(0).max(MAX_WAIT_SECONDS).optional(),
  cluster: z.string().optional(),
  detailType: z.enum(EVENT_DETAIL_TYPES).optional(),
});
export type EventsQuery = z.infer<typeof eventsQuery>;
