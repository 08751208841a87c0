import { z } from "zod";
import type { StoredEvent } from "../event-block.ts";
import { after, type EventCut, eventIdOf, readToken, tokenOf } from "../event-cut.ts";
import {
  MAX_PATTERN_LENGTH,
  type MessageFilter,
  readFilterPattern,
} from "../filter-pattern/read-filter-pattern.ts";
import { invalid } from "../refusal.ts";
import { END_OF_TIME, EventPage, eventsAfter, limitMember, windowAfter } from "./event-page.ts";
import {
  groupMembers,
  groupNamed,
  operation,
  type OperationContext,
  streamMember,
  timeMember,
  tokenMember,
} from "./operation.ts";

/**
 * Streams are told at different moments of what happened at one: the engine hands theirs over once a second.
 * Who follows several by the last time that he saw would miss what another one had from before it; so
 * that much is not shown yet. CloudWatch, too, shows events after some seconds.
 */
const SETTLED_MS = 3_000;

/** What one request looks through at most; whoever filters comes again with a token. */
const MAX_SCANNED = 50_000;

const filter = z.object({
  ...groupMembers,
  logStreamNames: z.array(streamMember).min(1).max(100).optional(),
  logStreamNamePrefix: streamMember.optional(),
  startTime: timeMember,
  endTime: timeMember,
  filterPattern: z.string().max(MAX_PATTERN_LENGTH).default(""),
  limit: limitMember,
  nextToken: tokenMember,
});

export const FILTER_LOG_EVENTS = operation(
  filter,
  (input) => ({ group: groupNamed(input) }),
  filterEvents,
);

type Input = z.output<typeof filter>;

function filterEvents({ groups, events, now }: OperationContext, input: Input): object {
  const { startTime: from = 0, endTime, filterPattern, limit, nextToken } = input;
  const group = groupNamed(input);
  const names = new Map(groups.listStreams(group).map((stream) => [stream.id, stream.name]));
  const has = streamFilter(input, names);
  const matches = readFilterPattern(filterPattern);
  const cut = nextToken === undefined ? undefined : readToken(nextToken).cut;
  // Here the end is one of the times that are asked for.
  const asked = endTime === undefined ? END_OF_TIME : endTime + 1;
  const isMerge = [...names.keys()].filter(has).length > 1;
  const window = { from, until: isMerge ? Math.min(asked, now() - SETTLED_MS) : asked };
  const source = { kind: "group", id: groups.get(group).id, has } as const;
  const read = eventsAfter(cut, events.forwards(source, windowAfter(cut, window)));
  const { found, end } = scan(read, matches, limit);
  return {
    events: found.map((event) => ({
      logStreamName: names.get(event.streamId),
      timestamp: event.timestamp,
      message: event.message,
      ingestionTime: event.ingestionTime,
      eventId: eventIdOf(event),
    })),
    searchedLogStreams: [],
    ...(end && { nextToken: tokenOf("f", end) }),
  };
}

/** What matches, as much as there is room for; with where to go on, if not all was looked at. */
function scan(
  events: Iterable<StoredEvent>,
  matches: MessageFilter,
  limit: number,
): { readonly found: readonly StoredEvent[]; readonly end: EventCut | undefined } {
  const page = new EventPage(limit);
  const found: StoredEvent[] = [];
  let scanned = 0;
  let end: EventCut | undefined;
  for (const event of events) {
    const isMatch = matches(event.message);
    if (scanned === MAX_SCANNED || (isMatch && !page.add(event))) return { found, end };
    if (isMatch) found.push(event);
    scanned += 1;
    end = after(event);
  }
  return { found, end: undefined };
}

/** @throws LogsRefusal InvalidParameterException */
function streamFilter(
  { logStreamNames, logStreamNamePrefix }: Input,
  names: ReadonlyMap<number, string>,
): (streamId: number) => boolean {
  if (logStreamNames && logStreamNamePrefix !== undefined) {
    throw invalid("logStreamNames and logStreamNamePrefix cannot be given together.");
  }
  const wanted = logStreamNames && new Set(logStreamNames);
  return (streamId) => {
    const name = names.get(streamId) ?? "";
    return wanted ? wanted.has(name) : name.startsWith(logStreamNamePrefix ?? "");
  };
}
