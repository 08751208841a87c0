import type { ToldEvent } from "@berth/contracts/ecs-event";
import { EcsError } from "@berth/domain/errors";
import type { Store } from "@berth/store/store";
import { decodeToken, encodeToken } from "../commands/paging.ts";
import type { ControlPlane } from "../context.ts";

/**
 * So long after its writing a batch is read, in ms: by then every other one with an earlier time is
 * there, and whoever goes on from it has missed none.
 */
const SETTLED_MS = 2_000;
const BATCHES_PER_PAGE = 10;
/** Of a position in the history, before anything else. */
const TIME_DIGITS = 13;
/** A bound on what one request reads; who follows goes on from there. */
const MAX_PAGES = 10;

/** Behind a batch, and so many events of the next one. */
interface Place {
  readonly behind: string;
  readonly skip: number;
}

export interface EventsRequest {
  /** What an earlier answer gave; absent for the oldest that is kept. */
  readonly cursor?: string;
  readonly limit: number;
  readonly matches: (event: ToldEvent) => boolean;
}

export interface EventsFound {
  /** Each with the cursor that goes on after it. */
  readonly events: readonly { readonly event: ToldEvent; readonly cursor: string }[];
  readonly next: string;
}

type Reader = Pick<ControlPlane, "now"> & { readonly store: Pick<Store, "eventHistory"> };

/** Goes on with what is told from now on. */
export const cursorOfNow = ({ now }: Pick<Reader, "now">): string =>
  cursorOf({ behind: String(now() - SETTLED_MS).padStart(TIME_DIGITS, "0"), skip: 0 });

/**
 * Events in the order in which they were told.
 *
 * @throws EcsError InvalidParameterException
 */
export async function readEvents(reader: Reader, request: EventsRequest): Promise<EventsFound> {
  const { limit, matches } = request;
  const events: EventsFound["events"][number][] = [];
  let place = placeOf(request.cursor);
  for await (const { position, told } of settledBatches(reader, place)) {
    const { behind } = place;
    for (const [index, event] of told.entries()) {
      if (index < place.skip) continue;
      const cursor = cursorOf({ behind, skip: index + 1 });
      if (matches(event)) events.push({ event, cursor });
      if (events.length === limit) return { events, next: cursor };
    }
    place = { behind: position, skip: 0 };
  }
  return { events, next: cursorOf(place) };
}

async function* settledBatches({ now, store }: Reader, { behind }: Place) {
  const settled = now() - SETTLED_MS;
  let startAfter: string | undefined = behind;
  for (let read = 0; read < MAX_PAGES && startAfter !== undefined; read += 1) {
    const page = await store.eventHistory.page({
      limit: BATCHES_PER_PAGE,
      ...(startAfter !== "" && { startAfter }),
    });
    for (const { at, position, events } of page.items) {
      if (at > settled) return;
      yield { position, told: events as readonly ToldEvent[] };
    }
    startAfter = page.next;
  }
}

const cursorOf = ({ behind, skip }: Place): string => encodeToken(`${skip} ${behind}`);

function placeOf(cursor: string | undefined): Place {
  if (cursor === undefined) return { behind: "", skip: 0 };
  const [, skip, behind] = /^(\d{1,6}) ([\d#a-f]*)$/.exec(decodeToken(cursor, "cursor")) ?? [];
  if (skip !== undefined && behind !== undefined) return { behind, skip: Number(skip) };
  throw new EcsError("InvalidParameterException", "Invalid cursor.");
}
